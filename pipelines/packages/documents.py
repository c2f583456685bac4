"""The documents of a compiled pipeline, and how they are written anew."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml


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
        head + yaml.dump_all([spec, *others], Dumper=yaml.CSafeDumper, sort_keys=False)
    )
