"""What a training stage costs beside its steps: step 1 of the profile `small`, against bare steps.

`training_overhead`: images a second of the whole stage between its first epoch and its last, with
loader, tracker, checkpoints, progress lines and metrics of each step, against the same network's
steps on batches that are ready in memory: views, forward pass, backward pass, optimiser. Four
rounds in one process, in turns; the median.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.parts.report import report
from benchmarks.parts.training import MEASURED, images_and_settings, ratios, seconds
from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import seed_everything
from pass_ops.engine.optimiser import Optimiser
from pass_ops.models.pretraining import PretrainingNetwork
from pass_ops.representation.batches import view_batches, view_loader
from pass_ops.representation.codes import Codes
from pass_ops.representation.pretrain import pretraining_step
from pass_ops.tracking.tracker import NullTracker

# The stage may take a tenth more than its steps.
LEAST = 1 / 1.1


def main() -> None:
    """Print the metric."""
    with tempfile.TemporaryDirectory() as scratch:
        images, config = images_and_settings(Path(scratch))

        def stage(name: str) -> float:
            folder = Path(scratch) / name
            return seconds(images=images, config=config, folder=folder, tracker=NullTracker())

        arms = {"bare": lambda _: bare_seconds(images, config), "stage": stage}
        ratio = ratios(arms=arms, base="bare", images=len(images))["stage"]
    report(
        name="training_overhead",
        ratio=ratio,
        floor=LEAST,
        unit="x the images a second of bare steps",
    )


def bare_seconds(images: Images, config: PretrainConfig) -> float:
    """How long the steps of as many epochs take as `training.seconds` measures.

    Args:
        images: the training split.
        config: of the training.
    """
    seed_everything(config.seed)
    network = PretrainingNetwork(config.network, config.shallow)
    codes = Codes(config, config.network.feat_dim)
    optimiser = Optimiser(network.parameters(), config.optimiser)
    with view_loader(images, config) as loader:
        batches = list(
            view_batches(loader=loader, count=len(images), config=config, epoch=0, first=0)
        )

    def run_epoch() -> None:
        for batch in batches:
            network.prototypes.normalise()
            step = pretraining_step(network=network, batch=batch, codes=codes, config=config)
            optimiser.backward(step.total)
            optimiser.step(config.optimiser.base_lr)
            # Jittor computes what it is asked for, and then.
            step.total.item()

    # Nor is the stage's first epoch counted.
    run_epoch()
    start = time.perf_counter()
    for _ in range(MEASURED):
        run_epoch()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
