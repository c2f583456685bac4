"""What checkpoints cost a training: step 1 of the profile `small`, with and without them.

`checkpoints_throughput`: images a second with a checkpoint every three epochs, which is every half
a minute on two cores and so twenty times as often as by default, against none between the first
epoch and the last. Four pairs of runs, in turns; the median of the pairs.
"""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from statistics import median

from benchmarks._report import report
from benchmarks._training import EPOCHS, MEASURED, images_and_settings, seconds
from pass_ops.tracking.tracker import NullTracker

PAIRS, EVERY, LEAST = 4, 3, 0.97


def main() -> None:
    """Print the metric."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        images, config = images_and_settings(folder)
        ratios = []
        for pair in range(PAIRS):
            arms = {"kept": EVERY, "none": EPOCHS}
            order = sorted(arms, reverse=bool(pair % 2))
            taken = {
                arm: seconds(
                    images=images,
                    config=dataclasses.replace(config, checkpoint_every=arms[arm]),
                    folder=folder / f"{pair}-{arm}",
                    tracker=NullTracker(),
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


if __name__ == "__main__":
    main()
