"""The documents of a compiled pipeline: how they are read, and written anew."""

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


def documents_of(package: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The PipelineSpec of a compiled pipeline, and its PlatformSpec, empty where it has none."""
    # LibYAML: Python's own reader takes ten times as long.
    spec, *platforms = yaml.load_all(package.read_text(), yaml.CSafeLoader)
    return spec, platforms[0] if platforms else {}


def rewrite_package(
    package: Path, change: Callable[[dict[str, Any], dict[str, Any]], None]
) -> None:
    """Rewrite a compiled pipeline, but for what KFP's compiler says of it at its head, by which
    `compile` knows its own files.

    Args:
        package: its file.
        change: alters the PipelineSpec, and the settings for Kubernetes by executor.
    """
    spec, platform = documents_of(package)
    settings = platform["platforms"]["kubernetes"]["deploymentSpec"] if platform else {}
    change(spec, settings.get("executors", {}))
    lines = package.read_text().splitlines(keepends=True)
    head = "".join(takewhile(lambda line: line.startswith("#"), lines))
    documents = [spec, platform] if platform else [spec]
    package.write_text(
        _ordered(head) + yaml.dump_all(documents, Dumper=yaml.CSafeDumper, sort_keys=False)
    )


def _ordered(head: str) -> str:
    """What KFP's compiler says, with the keys of defaults in order.

    KFP (2.17.0) prints them in the order of a protobuf map, another one in each process, and a
    package's version is a digest of its text.
    """

    def ordered(match: re.Match[str]) -> str:
        return pformat(ast.literal_eval(match[0]), width=sys.maxsize)

    return _DEFAULT.sub(ordered, head)
