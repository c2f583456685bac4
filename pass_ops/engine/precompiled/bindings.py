"""Jittor's Python bindings, generated once instead of at every import."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

RECORD = "pyjt_files.json"
"""What was generated, beside it: the digest of what it was generated from, and a size per file."""

Generate = Callable[[str, str], list[str]]


def keep_bindings() -> None:
    """Let the import of Jittor, which has to follow, take bindings that are there.

    Jittor 1.3.11 parses its 150 headers and writes the same C++ files each time it is imported, a
    quarter of what that costs. Its module that does so needs nothing else of Jittor, so it can be
    imported before it, and Jittor then finds it.
    """
    package = importlib.util.find_spec("jittor")
    assert package is not None
    assert package.origin is not None
    path = Path(package.origin).with_name("pyjt_compiler.py")
    if not path.is_file():  # Of no version that we know.
        return
    spec = importlib.util.spec_from_file_location("jittor.pyjt_compiler", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    names = vars(module)
    names["compile"] = kept(names["compile"], source=path.read_bytes())
    sys.modules[spec.name] = module


def kept(generate: Generate, *, source: bytes) -> Generate:
    """Make `generate` return what it returned the last time, while all that it reads is the same.

    Args:
        generate: writes C++ files into the folder `gen` of its first argument, from the headers in
            it and in `src` of its second one, and returns their paths.
        source: what `generate` is defined by.
    """

    def generate_if_changed(cache: str, package: str) -> list[str]:
        generated = Path(cache, "gen")
        record = generated / RECORD
        digest = hashlib.sha256(source)
        for folder in (Path(package, "src"), generated):
            for header in sorted(folder.rglob("*.h")):
                digest.update(b"%a" % str(header))
                digest.update(header.read_bytes())
        if (files := _files_of(record, digest.hexdigest())) is not None:
            return files
        files = generate(cache, package)
        content = {"digest": digest.hexdigest(), "files": {f: os.path.getsize(f) for f in files}}
        partial = record.with_name(f"{RECORD}.{os.getpid()}")
        partial.write_text(json.dumps(content))
        partial.replace(record)
        return files

    return generate_if_changed


def _files_of(record: Path, digest: str) -> list[str] | None:
    """The files of a record if it is of this digest and they are there, each of its size."""
    try:
        content = json.loads(record.read_text())
        whole = all(os.path.getsize(file) == size for file, size in content["files"].items())
    except (OSError, ValueError):  # A power cut may have left anything.
        return None
    return list(content["files"]) if whole and content["digest"] == digest else None
