"""Fuzzes one target in this process, which libFuzzer ends.

`python -m tests.fuzz.drive TARGET FOLDER OPTIONS`, with libFuzzer's options.
"""

from __future__ import annotations

import sys

import atheris

# Code that was imported before would not tell which branches it takes.
with atheris.instrument_imports(include=["pass_ops", "PIL"]):
    from tests.fuzz.targets import TARGETS

if __name__ == "__main__":
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], *options], TARGETS[name])
    atheris.Fuzz()
