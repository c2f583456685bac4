"""A batch computed in parts takes the step that it takes as a whole (no BatchNorm: it would see
each part by itself).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.denoising.loss import cross_entropy
from pass_ops.denoising.training import ClassifierTraining
from pass_ops.engine.checkpoints.checkpoints import Checkpoints
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.engine.jittor import jt, nn
from pass_ops.engine.optimiser import Optimiser
from pass_ops.engine.trainer import Trainer
from pass_ops.engine.training import Metrics, Plan, Step, TrainingState
from pass_ops.models.card import Card
from pass_ops.segmentation.loss import pixel_cross_entropy
from pass_ops.segmentation.training import SegmenterTraining
from pass_ops.tracking.tracker import NullTracker

ROWS, STEPS, EPOCHS = 12, 3, 2
RNG = np.random.default_rng(3)
PIXELS = RNG.normal(size=(EPOCHS, STEPS, ROWS, 6)).astype(np.float32)
TARGETS = RNG.integers(0, 4, (EPOCHS, STEPS, ROWS)).astype(np.int32)
Batch = tuple[NDArray[np.float32], NDArray[np.int32]]


class Linear(ClassifierTraining):
    """One layer, trained as a classifier is."""

    def __init__(self) -> None:
        jt.set_global_seed(5)
        self.network = nn.Linear(6, 4)

    def start_epoch(self, epoch: int, first: int) -> Iterable[Batch]:
        return list(zip(PIXELS[epoch], TARGETS[epoch], strict=True))[first:]

    def forward(self, batch: Batch, state: TrainingState) -> Step:  # noqa: ARG002
        pixels, targets = batch
        loss = cross_entropy(self.network(jt.array(pixels)), jt.array(targets), 0.1)
        return Step(loss=loss, metrics=lambda: {"rows": float(len(pixels))})

    def epoch_metrics(self, state: TrainingState) -> Metrics:  # noqa: ARG002
        return {}

    def end_epoch(self, state: TrainingState, metrics: Metrics) -> None:
        """Nothing is kept."""

    def snapshot(self) -> Snapshot:
        return Snapshot(arrays={"weight": self.network.weight.numpy()})


def trained(name: str, parts: int, folder: Path) -> tuple[NDArray[np.float32], Metrics]:
    """Weights and last metrics of a training in so many parts."""
    training = Linear()
    # LARC's steps are a thousandth of a parameter's length at rate 1.
    rate = 10.0 if name == "larc" else 0.1
    config = OptimiserConfig(name=name, base_lr=rate, weight_decay=0.01, accumulate=parts)
    plan = Plan(
        stage="linear",
        seed=1,
        epochs=EPOCHS,
        batch_size=ROWS,
        samples=ROWS * STEPS,
        checkpoint_every=EPOCHS,
    )
    identity = Identity(stage="linear", settings={}, data=f"{name} {parts}", code="code")
    kept = Checkpoints(identity=identity, root=folder, remote="", minutes=60, stays=True)
    with kept as checkpoints:
        trainer = Trainer(
            plan=plan,
            optimiser=Optimiser(training.network.parameters(), config),
            tracker=NullTracker(),
            checkpoints=checkpoints,
        )
        metrics = trainer.fit(training)
    return np.array(training.network.weight.numpy()), metrics


@pytest.mark.parametrize("name", ["sgd", "larc", "adamw"])
def test_parts_train_as_the_whole_batch_does(name: str, tmp_path: Path) -> None:
    whole, expected = trained(name, 1, tmp_path)
    for parts in (2, 6):
        weights, metrics = trained(name, parts, tmp_path)
        np.testing.assert_allclose(weights, whole, rtol=1e-4, atol=1e-5)
        assert metrics["loss"] == pytest.approx(expected["loss"], rel=1e-5)
        assert metrics["rows"] == pytest.approx(ROWS / parts)
    assert np.abs(whole - np.array(Linear().network.weight.numpy())).max() > 1e-3


@pytest.mark.parametrize("labels", ["some", "none"])
def test_parts_of_label_maps_count_by_their_labelled_pixels(labels: str, tmp_path: Path) -> None:
    logits = RNG.normal(size=(6, 5, 4, 4)).astype(np.float32)
    targets = RNG.integers(0, 5, (6, 8, 8)).astype(np.int32)
    targets[:2, :7] = UNCERTAIN
    targets[2] = UNCERTAIN
    if labels == "none":
        targets[:] = UNCERTAIN
    weights = np.linspace(0.2, 1, 6).astype(np.float32)
    training = SegmenterTraining(
        network=nn.Linear(1, 1),
        batches=lambda *_: [],
        config=SegmentationConfig(),
        card=Card(stage="train_segmenter", network=NetworkConfig(), epoch=0, config_digest=""),
        folder=tmp_path,
        tracker=NullTracker(),
    )

    def loss(part: tuple[NDArray[np.float32], ...]) -> float:
        return float(pixel_cross_entropy(*(jt.array(one) for one in part)).item())

    batch = (logits, targets, weights)
    for count in (1, 3):
        parts = training.parts(batch, count)
        assert sum(share for _, share in parts) == pytest.approx(1)
        whole = sum(share * loss(part) for part, share in parts)
        assert whole == pytest.approx(loss(batch), rel=1e-5)
