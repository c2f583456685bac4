"""Drives the targets with atheris, each in a process of its own: `make fuzz`.

What libFuzzer finds worth keeping stays in `.cache/fuzz/<target>/`; bytes that break a target lie
there as `crash-…`, `timeout-…` or `oom-…`, and belong into `crashes`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from pass_ops.errors import ConfigError
from pass_ops.program import run_program
from tests.fuzz.seeds import SEEDS

HERE = Path(".cache/fuzz")
LIMITS = ("-timeout=20", "-rss_limit_mb=3072", "-max_len=65536")
"""Seconds and memory of one input, and its bytes."""
FAILURES = ("crash-*", "timeout-*", "oom-*")


def run(target: str, seconds: int) -> bool:
    """Fuzz a target, and print one line of what came of it; returns whether nothing was found.

    Args:
        target: its name.
        seconds: for how long.
    """
    folder = HERE / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS[target]):
        (folder / f"seed-{number}").write_bytes(seed)
    options = (*LIMITS, f"-max_total_time={seconds}", "-print_final_stats=1")
    process = subprocess.run(
        [
            *(sys.executable, "-m", "tests.fuzz.drive", target),
            *(str(folder), f"-artifact_prefix={folder}/", *options),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    found = re.search(r"stat::number_of_executed_units: *(\d+)", process.stderr)
    failures = sorted(str(path) for kind in FAILURES for path in folder.glob(kind))
    count = f"{found[1] if found else 'unknown'} executions"
    print(f"{target}: {count} in {seconds} s, {len(failures)} failures", flush=True)
    if process.returncode or failures:
        print("\n".join([process.stderr[-5000:], *failures]))
    return not process.returncode and not failures


def main(
    *,
    only: Annotated[str, typer.Option(help="Name of the one target. [default: all]")] = "",
    seconds: Annotated[int, typer.Option(help="For each target.")] = 60,
) -> None:
    """Throw damaged files at the readers of strangers' files."""
    if only and only not in SEEDS:
        raise ConfigError(f"--only {only} is none of {', '.join(SEEDS)}")
    if not all([run(target, seconds) for target in ([only] if only else SEEDS)]):
        raise typer.Exit(1)


if __name__ == "__main__":
    sys.exit(run_program(main, sys.argv[1:], "python -m tests.fuzz"))
