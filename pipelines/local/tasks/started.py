"""A stage's process, as whoever started it sees it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class Started:
    """A process.

    Attributes:
        output: what it prints, until its end.
        wait: waits until it has ended, and returns its exit status.
    """

    output: IO[str]
    wait: Callable[[], int]


Start = Callable[[Sequence[str], Mapping[str, str], int], Started]
"""Starts a process, given its command line, its environment, and its niceness."""


def start_process(
    command: Sequence[str], variables: Mapping[str, str], niceness: int = 0
) -> Started:
    """Start a process of a program.

    Args:
        command: the command line.
        variables: its environment.
        niceness: how much less urgent than this process it is, as `nice` has it.
    """
    process = subprocess.Popen(
        ["nice", "-n", str(niceness), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=variables,
    )
    assert process.stdout is not None
    return Started(process.stdout, process.wait)
