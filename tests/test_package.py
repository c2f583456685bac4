"""What the package sets before NumPy is imported."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

PROGRAM = """
import os, sys
import pass_ops
print(os.environ.get("OPENBLAS_CORETYPE"), "numpy" in sys.modules)
"""


def environment_of(**variables: str) -> str:
    """What `PROGRAM` prints in an environment with `variables`."""
    inherited = {name: text for name, text in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    process = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.strip()


@pytest.mark.skipif(platform.machine() != "x86_64", reason="sums are those of one processor family")
def test_sums_are_those_of_make_and_of_the_images() -> None:
    assert environment_of() == "Haswell False"
    assert environment_of(OPENBLAS_CORETYPE="Zen") == "Zen False"
