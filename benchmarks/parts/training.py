"""Step 1 of the profile `small` on drawn images, timed epoch by epoch, in one way or another."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.data.images import Images, open_images
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.paths import InitialWeightsPath, PretrainedWeightsPath, WeightsPath
from pass_ops.representation.pretrain import pretrain
from pass_ops.tracking.tracker import NullTracker, Tracker

EPOCHS = 7
# The first epoch compiles kernels, and fills the memory of images.
MEASURED = EPOCHS - 1
ROUNDS = 4


class Clock(NullTracker):
    """Notes when each epoch ends, and hands on what is recorded.

    Args:
        inner: gets it.
    """

    def __init__(self, inner: Tracker) -> None:
        self.inner = inner
        self.ends: list[float] = []

    def metrics(self, metrics: Mapping[str, float], step: int = 0) -> None:
        self.ends.append(time.perf_counter())
        self.inner.metrics(metrics, step)

    def file(self, path: Path, folder: str, name: str = "") -> None:
        self.inner.file(path, folder, name)


def images_and_settings(folder: Path) -> tuple[Images, PretrainConfig]:
    """What the training reads; it is trained once, so that kernels are there.

    Args:
        folder: to write to.
    """
    write_synthetic(folder / "set", per_class=(64, 1, 1))
    images = open_images(locate(str(folder / "set")), "train", folder / "cache")
    settings = resolve(profile="small", overrides={}, seed=31, compat="fixed")["pretrain"]
    config = dataclasses.replace(build(PretrainConfig, settings), epochs=EPOCHS)
    seconds(
        images=images,
        config=dataclasses.replace(config, epochs=1),
        folder=folder / "warm",
        tracker=NullTracker(),
    )
    return images, config


def seconds(*, images: Images, config: PretrainConfig, folder: Path, tracker: Tracker) -> float:
    """How long all epochs but the first take.

    Args:
        images: the training split.
        config: of the training.
        folder: for its outputs and checkpoints.
        tracker: of the training.
    """
    os.environ[PLACE] = str(folder / "checkpoints")
    clock = Clock(tracker)
    pretrain(
        images=images,
        config=config,
        output=PretrainedWeightsPath(WeightsPath(folder / "last")),
        initial=InitialWeightsPath(WeightsPath(folder / "initial")),
        tracker=clock,
    )
    return clock.ends[-1] - clock.ends[0]


def ratios(
    *, arms: Mapping[str, Callable[[str], float]], base: str, images: int
) -> dict[str, float]:
    """How many images a second each arm has for one of `base`: medians of rounds, in turns.

    Args:
        arms: each takes the name of a folder of its own, and returns the seconds of `MEASURED`
            epochs.
        base: the arm that the others are measured against.
        images: of an epoch.
    """
    by_arm: dict[str, list[float]] = {arm: [] for arm in arms if arm != base}
    for number in range(ROUNDS):
        # Whatever changes in the course of a round is not always the same arm's.
        order = sorted(arms, reverse=bool(number % 2))
        times = {arm: arms[arm](f"{number}-{arm}") for arm in order}
        speed = images * MEASURED / times[base]
        for arm, values in by_arm.items():
            values.append(times[base] / times[arm])
            print(f"round {number}, {arm}: {values[-1]:.4f} of {speed:.1f} images/s", flush=True)
    return {arm: median(values) for arm, values in by_arm.items()}
