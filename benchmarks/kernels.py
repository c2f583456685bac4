"""Compiling a kernel: Jittor's headers compiled once, against Jittor's own way, which parses them.

`kernels`: the commands that Jittor has noted beside one kernel of each kind, run again with its
compiler of `pass_ops/engine/precompiled/`, and as Jittor calls g++ by itself; in turns, the mean
over kinds of the best of three.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import which
from statistics import mean

from benchmarks.parts.report import report
from tests.engine.precompiled.kernels import kernel_commands, moved

ROUNDS = 3
PYTHON, COMPILER = "--python=", "--cc_path="


def main() -> None:
    """Print the metric."""
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for number, command in enumerate(kernel_commands()):
            here = moved(command, Path(scratch) / str(number))
            # The first one compiles headers, too.
            seconds(here)
            pairs = [(seconds(here), seconds(jittors_own(here))) for _ in range(ROUNDS)]
            ours.append(min(pair[0] for pair in pairs))
            theirs.append(min(pair[1] for pair in pairs))
    report(
        name="kernels",
        ratio=mean(theirs) / mean(ours),
        floor=2.0,
        unit=f"x the kernels a second of Jittor's own way, {mean(ours):.2f} s each",
    )


def jittors_own(command: Sequence[str]) -> list[str]:
    """The command as Jittor writes it without our compiler.

    Args:
        command: as it was noted: our compiler, the Python to call where a kernel has a mark, the
            program for that, the compiler again, and what is the same for both.
    """
    _, python, program, compiler, *rest = command
    assert python.startswith(PYTHON), command
    assert compiler.startswith(COMPILER), command
    return [python.removeprefix(PYTHON), program, f"{COMPILER}{which('g++')}", *rest]


def seconds(command: Sequence[str]) -> float:
    """How long a command takes, by the clock."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
