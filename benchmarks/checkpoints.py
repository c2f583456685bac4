"""What checkpoints cost a training: step 1 of the profile `small`, with and without them.

`checkpoints_throughput`: images a second with a checkpoint every three epochs, which is every half
a minute on two cores and so twenty times as often as by default, against none between the first
epoch and the last. Four rounds, in turns; the median.
"""

from __future__ import annotations

import dataclasses
import tempfile
from functools import partial
from pathlib import Path

from benchmarks.parts.report import report
from benchmarks.parts.training import EPOCHS, images_and_settings, ratios, seconds
from pass_ops.tracking.tracker import NullTracker

EVERY, LEAST = 3, 0.97


def main() -> None:
    """Print the metric."""
    with tempfile.TemporaryDirectory() as scratch:
        images, config = images_and_settings(Path(scratch))

        def train(every: int, name: str) -> float:
            return seconds(
                images=images,
                config=dataclasses.replace(config, checkpoint_every=every),
                folder=Path(scratch) / name,
                tracker=NullTracker(),
            )

        arms = {"kept": partial(train, EVERY), "none": partial(train, EPOCHS)}
        ratio = ratios(arms=arms, base="none", images=len(images))["kept"]
    report(
        name="checkpoints_throughput",
        ratio=ratio,
        floor=LEAST,
        unit="x the images a second without checkpoints",
    )


if __name__ == "__main__":
    main()
