"""The documents of a compiled pipeline, and how they are written anew."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from pprint import pformat
from typing import Any

import yaml

_DEFAULT = re.compile(r"(?<=\[Default: )\{.*\}(?=\]$)", re.MULTILINE)


def rewrite_package(
    package: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    """Rewrite a compiled pipeline, but for what KFP's compiler says of it at its head, by which
    `compile` knows its own files.

    Args:
        package: its file.
        change: alters the PipelineSpec, and the settings for Kubernetes by executor.
    """
    text = package.read_text()
    # LibYAML: Python's own reader and writer would take ten seconds.
    spec, *others = yaml.load_all(text, yaml.CSafeLoader)
    platform = others[0]["platforms"]["kubernetes"]["deploymentSpec"] if others else {}
    change(spec, platform.get("executors", {}))
    head = "".join(takewhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))
    package.write_text(
        _ordered(head) + yaml.dump_all([spec, *others], Dumper=yaml.CSafeDumper, sort_keys=False)
    )


def _ordered(head: str) -> str:
    """What KFP's compiler says, with the keys of defaults in order.

    KFP (2.17.0) prints them in the order of a protobuf map, another one in each process, and a
    package's version is a digest of its text.
    """

    def ordered(match: re.Match[str]) -> str:
        return pformat(ast.literal_eval(match[0]), width=sys.maxsize)

    return _DEFAULT.sub(ordered, head)
