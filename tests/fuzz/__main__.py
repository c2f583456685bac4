"""Drives the targets with atheris, each in a process of its own: `make fuzz`.

What libFuzzer finds worth keeping stays in `.cache/fuzz/<target>/`; bytes that break a target lie
there as `crash-…`, `timeout-…` or `oom-…`, and belong into `crashes`.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

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


def main() -> int:
    """Fuzz as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--only", choices=list(SEEDS), help="name of the one target")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    options = parser.parse_args()
    targets = [options.only] if options.only else list(SEEDS)
    return 0 if all([run(target, options.seconds) for target in targets]) else 1


if __name__ == "__main__":
    sys.exit(main())
