"""What checkpoints cost a training: step 1 of the profile `small`, with and without them.

`checkpoints_throughput`: images a second with a checkpoint every three epochs, which is every half
a minute on two cores and so twenty times as often as by default, against none between the first
epoch and the last. Four pairs of runs, in turns; the median of the pairs.
"""

from __future__ import annotations

import dataclasses
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks._report import report
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.data.images import Images, open_images
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.paths import InitialWeightsPath, PretrainedWeightsPath, WeightsPath
from pass_ops.representation.pretrain import pretrain
from pass_ops.tracking.tracker import NullTracker

PAIRS, EPOCHS, EVERY, LEAST = 4, 7, 3, 0.97
# The first epoch compiles kernels, and fills the memory of images.
MEASURED = EPOCHS - 1


class Clock(NullTracker):
    """Notes when each epoch ends."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:  # noqa: ARG002
        self.ends.append(time.perf_counter())


def main() -> None:
    """Print the metric."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_synthetic(folder / "set", per_class=(64, 1, 1))
        images = open_images(locate(str(folder / "set")), "train", folder / "cache")
        settings = resolve(profile="small", overrides={}, seed=31, compat="fixed")["pretrain"]
        config = dataclasses.replace(build(PretrainConfig, settings), epochs=EPOCHS)
        _seconds(images, dataclasses.replace(config, epochs=1), folder / "warm")
        ratios = []
        for pair in range(PAIRS):
            arms = {"kept": EVERY, "none": EPOCHS}
            order = sorted(arms, reverse=bool(pair % 2))
            taken = {
                arm: _seconds(
                    images,
                    dataclasses.replace(config, checkpoint_every=arms[arm]),
                    folder / f"{pair}-{arm}",
                )
                for arm in order
            }
            ratios.append(taken["none"] / taken["kept"])
            speed = len(images) * MEASURED / taken["none"]
            print(f"pair {pair}: {ratios[-1]:.4f} of {speed:.1f} images/s", flush=True)
    report(
        name="checkpoints_throughput",
        ratio=median(ratios),
        floor=LEAST,
        unit="x the images a second without checkpoints",
    )


def _seconds(images: Images, config: PretrainConfig, folder: Path) -> float:
    """How long all epochs but the first take.

    Args:
        images: the training split.
        config: of the training.
        folder: for its outputs and checkpoints.
    """
    os.environ[PLACE] = str(folder / "checkpoints")
    clock = Clock()
    pretrain(
        images=images,
        config=config,
        output=PretrainedWeightsPath(WeightsPath(folder / "last")),
        initial=InitialWeightsPath(WeightsPath(folder / "initial")),
        tracker=clock,
    )
    return clock.ends[-1] - clock.ends[0]


if __name__ == "__main__":
    main()
