"""What a second process gains a training (docs/training.md): step 1 of the profile `small`.

`ranks_two_processes`: images a second of two processes on two cores, one thread each, against one
process of one thread on one core. `ranks_against_threads`: against one process of two threads on
both cores, which is what a run without ranks does. Epochs but the first, in which kernels are
compiled and images read; two rounds, in turns; the medians.
"""

from __future__ import annotations

import dataclasses
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks.parts.machine import report_two_processes
from benchmarks.parts.report import report
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.ranks.launch import run_ranks
from pass_ops.paths import PointerPath
from pass_ops.tracking.tracker import NullTracker

ROUNDS, EPOCHS, LEAST = 2, 3, 1.6
# Processes, and the cores that they share.
ARMS = {"one thread": (1, 1), "two threads": (1, 2), "two processes": (2, 2)}


class Clock(NullTracker):
    """Notes when each epoch ends."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:  # noqa: ARG002
        self.ends.append(time.perf_counter())


def main() -> None:
    """Print the metrics."""
    cores = sorted(os.sched_getaffinity(0))[:2]
    report_two_processes()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["PASS_DATA_CACHE"] = str(folder / "cache")
        write_synthetic(folder / "set", per_class=(32, 1, 1))
        pointer = PointerPath(folder / "dataset.json")
        locate(str(folder / "set")).save(pointer)
        times: dict[str, list[float]] = {arm: [] for arm in ARMS}
        for number in range(ROUNDS):
            for arm, (processes, width) in sorted(ARMS.items(), reverse=bool(number % 2)):
                # Processes inherit the cores that they may use, and count their threads by them.
                os.sched_setaffinity(0, cores[:width])
                output = folder / f"{number} {arm}"
                times[arm].append(seconds(pointer=pointer, processes=processes, output=output))
                print(f"round {number}: {arm} {times[arm][-1]:.1f} s", flush=True)
    os.sched_setaffinity(0, cores)
    for name, peer, floor in (
        ("ranks_two_processes", "one thread", LEAST),
        ("ranks_against_threads", "two threads", None),
    ):
        ratio = median(times[peer]) / median(times["two processes"])
        report(name=name, ratio=ratio, floor=floor, unit=f"x one process of {peer}")


def seconds(*, pointer: PointerPath, processes: int, output: Path) -> float:
    """How long all epochs but the first take.

    Args:
        pointer: to the images.
        processes: that share the training.
        output: folder for what it writes.
    """
    os.environ[PLACE] = str(output / "checkpoints")
    settings = resolve(profile="small", overrides={}, seed=31, compat="fixed")["pretrain"]
    config = dataclasses.replace(
        build(PretrainConfig, settings), epochs=EPOCHS, checkpoint_every=EPOCHS
    )
    values = {
        "dataset": str(pointer),
        "config": dataclasses.asdict(config),
        "weights": str(output / "last"),
        "initial_weights": str(output / "initial"),
    }
    clock = Clock()
    run_ranks(
        stage="pretrain",
        module="pass_ops.commands.rank",
        arguments=["pretrain", json.dumps(values)],
        ranks=processes,
        tracker=clock,
    )
    return clock.ends[-1] - clock.ends[0]


if __name__ == "__main__":
    main()
