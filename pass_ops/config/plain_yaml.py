"""YAML of people, of which nothing is looked up, built or repeated."""

from __future__ import annotations

from typing import Any

import yaml


class _PlainLoader(yaml.SafeLoader):
    """Knows no references: ten of ten of ten … are a billion values in a few lines."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A part of the text.

        Args:
            parent, index: where it stands.

        Raises:
            YAMLError: it refers to another part.
        """
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("a reference (*name): write the value in its place")
        return super().compose_node(parent, index)


def load_yaml(text: str) -> Any:
    """What a text in YAML says, in values that JSON has, dates and sets besides.

    Raises:
        YAMLError: it is not YAML, or has tags or references.
        ValueError, RecursionError: a number of thousands of digits, brackets without end.
    """
    # A subclass of the safe loader.
    return yaml.load(text, _PlainLoader)
