"""Jittor's Python bindings, generated once instead of at every import."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

from pass_ops.engine.precompiled.record import digest_of, made_of

RECORD = "pyjt_files.json"

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
        headers = (*Path(package, "src").rglob("*.h"), *generated.rglob("*.h"))
        return made_of(
            digest=digest_of(headers, source),
            record=generated / RECORD,
            make=lambda: generate(cache, package),
        )

    return generate_if_changed
