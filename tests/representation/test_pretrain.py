"""Step 1: one tiny training (method 4)."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.engine.jittor import seed_everything, to_numpy
from pass_ops.errors import TrainingError
from pass_ops.models.pretraining import PretrainingNetwork
from pass_ops.models.weights import load_arrays, load_card
from pass_ops.representation.batches import ViewBatch
from pass_ops.representation.codes import Codes
from pass_ops.representation.collapse import CollapseAlarm
from pass_ops.representation.pretrain import pretraining_step
from pass_ops.representation.self_supervised import ForwardPass
from pass_ops.representation.training import train
from pass_ops.tracking.tracker import NullTracker
from tests.representation.step1 import pretrain_into


class Recorder(NullTracker):
    """Keeps what a stage records."""

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []
        self.files: list[str] = []

    def metrics(self, metrics: dict[str, float], step: int = 0) -> None:
        assert step == len(self.epochs)
        self.epochs.append(dict(metrics))

    def file(self, path: Path, folder: str) -> None:
        assert path.is_dir()
        self.files.append(folder)


def test_every_parameter_moves_and_the_prototypes_stay_on_the_sphere(pretrained: Path) -> None:
    before, after = load_arrays(pretrained / "initial"), load_arrays(pretrained / "last")
    assert before.keys() == after.keys()
    assert all(np.isfinite(array).all() for array in after.values())
    # A bias before a BatchNorm has no effect, so no gradient, but for rounding.
    still = {name for name in before if np.array_equal(before[name], after[name])}
    assert still <= {"projection_head.0.bias", "projection_head.3.bias"}
    norms = np.linalg.norm(before["prototypes.weight"], axis=1)
    np.testing.assert_allclose(norms, 1, rtol=1e-4)


def test_cards_say_what_the_weights_are(pretrained: Path, tiny_pretrain: PretrainConfig) -> None:
    initial, last = load_card(pretrained / "initial"), load_card(pretrained / "last")
    assert (initial.epoch, last.epoch) == (0, 2)
    assert initial.network == last.network == tiny_pretrain.network
    assert initial.config_digest == last.config_digest
    assert (last.stage, last.classes, last.label_space) == ("pretrain", 0, "")
    assert load_card(pretrained / "checkpoints" / "pretrain-0001").epoch == 1


@pytest.mark.usefixtures("processes")
def test_a_training_repeats_to_the_last_bit_whatever_makes_its_batches(
    training_images: Images, tiny_pretrain: PretrainConfig, pretrained: Path, tmp_path: Path
) -> None:
    recorder = Recorder()
    # The first was fed by threads, this one is by processes.
    config = dataclasses.replace(tiny_pretrain, workers=3, cache_gib=0.0)
    metrics = pretrain_into(tmp_path, training_images, config, recorder)
    first = load_arrays(pretrained / "last")
    again = load_arrays(tmp_path / "last")
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert load_card(pretrained / "last").metrics == metrics
    assert {name: recorder.epochs[-1][name] for name in metrics} == metrics
    assert recorder.epochs[-1].keys() - metrics.keys() == {"data_wait"}
    assert recorder.files == ["checkpoints/epoch-0001", "checkpoints/epoch-0002"]
    assert metrics.keys() >= {
        "loss",
        "image_loss",
        "shallow3_loss",
        "pixel_loss",
        "spread",
        "code_entropy",
        "learning_rate",
    }
    for epoch in recorder.epochs:
        assert all(math.isfinite(value) for value in epoch.values())
        blended = (epoch["image_loss"] + epoch["shallow3_loss"]) / 2 + epoch["pixel_loss"]
        assert epoch["loss"] == pytest.approx(blended, rel=1e-4)
        assert -1 <= epoch["pixel_loss"] <= 1
        # Predictions that know nothing cost log(prototypes).
        assert 0 < epoch["image_loss"] < 3 * math.log(6)


def test_every_step_starts_with_prototypes_of_unit_length(
    training_images: Images, tiny_pretrain: PretrainConfig, pretrained: Path, tmp_path: Path
) -> None:
    network = PretrainingNetwork(tiny_pretrain.network, tiny_pretrain.shallow)
    norms: list[np.ndarray] = []

    def forward(batch: ViewBatch, codes: Codes) -> ForwardPass:
        norms.append(np.linalg.norm(to_numpy(network.prototypes.weight), axis=1))
        return pretraining_step(network=network, batch=batch, codes=codes, config=tiny_pretrain)

    train(
        stage="pretrain",
        network=network,
        forward=forward,
        images=training_images,
        sizes=tiny_pretrain.network,
        config=tiny_pretrain,
        alarm=CollapseAlarm(5),
        start=pretrained / "initial",
        output=tmp_path / "last",
        tracker=NullTracker(),
    )
    assert len(norms) == 6
    np.testing.assert_allclose(np.stack(norms), 1, rtol=1e-4)
    # Steps leave the sphere.
    assert np.abs(np.linalg.norm(to_numpy(network.prototypes.weight), axis=1) - 1).max() > 1e-3


def test_prototypes_are_frozen_for_the_first_iterations(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    swav = dataclasses.replace(tiny_pretrain.swav, freeze_prototypes_iterations=3)
    optimiser = dataclasses.replace(tiny_pretrain.optimiser, weight_decay=0.0)
    config = dataclasses.replace(tiny_pretrain, epochs=1, swav=swav, optimiser=optimiser)
    pretrain_into(tmp_path, training_images, config)
    before, after = load_arrays(tmp_path / "initial"), load_arrays(tmp_path / "last")
    np.testing.assert_allclose(after["prototypes.weight"], before["prototypes.weight"], atol=1e-6)
    assert np.abs(after["backbone.conv1.weight"] - before["backbone.conv1.weight"]).max() > 1e-4


def test_too_few_images_for_a_batch_are_named(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(tiny_pretrain, batch_size=25)
    with pytest.raises(
        TrainingError, match=r"24 images do not fill a batch of 25: lower its batch_size"
    ):
        pretrain_into(tmp_path, training_images, config)
    assert not (tmp_path / "last").exists()


def test_collapse_ends_the_training_without_weights(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    # So large an ε makes all codes alike.
    config = dataclasses.replace(
        tiny_pretrain,
        collapse_patience=1,
        swav=SwavConfig(epsilon=100, queue_length=0, freeze_prototypes_iterations=0),
    )
    with pytest.raises(TrainingError, match=r"collapse: after epoch 0 .*entropy 1\.0000"):
        pretrain_into(tmp_path, training_images, config)
    assert not (tmp_path / "last").exists()


def test_a_loss_that_is_not_finite_ends_the_training(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(
        tiny_pretrain, optimiser=dataclasses.replace(tiny_pretrain.optimiser, base_lr=1e30)
    )
    with pytest.raises(
        TrainingError, match=r"pretrain: the loss is (nan|inf).*lower optimiser\.base_lr"
    ):
        pretrain_into(tmp_path, training_images, config)


def batch_of(paired: list[bool]) -> ViewBatch:
    """Random views of four images; grids of the whole view, or outside."""
    rng = np.random.default_rng(0)
    lattice = np.stack(np.meshgrid(*[np.linspace(-1, 1, 3)] * 2), axis=-1).astype(np.float32)
    grids = np.stack([lattice if pair else np.full_like(lattice, -2) for pair in paired * 2])
    return ViewBatch([rng.normal(size=(8, 3, 32, 32)).astype(np.float32)], grids, np.array(paired))


def step_of(config: PretrainConfig, batch: ViewBatch) -> tuple[dict[str, float], np.ndarray]:
    """Losses of one forward pass, and the running mean of the predictor's BatchNorm after it."""
    seed_everything(31)
    network = PretrainingNetwork(config.network, config.shallow)
    network.prototypes.normalise()
    codes = Codes(config, config.network.feat_dim)
    codes.start_epoch(0)
    step = pretraining_step(network=network, batch=batch, codes=codes, config=config)
    losses = {name: float(part.item()) for name, part in step.parts.items()}
    return {**losses, "total": float(step.total.item())}, to_numpy(
        network.pixel_predictor[1].running_mean
    )


def test_disjoint_pairs_reach_the_predictor_in_reference_alone(
    tiny_pretrain: PretrainConfig,
) -> None:
    reference = dataclasses.replace(tiny_pretrain, compat="reference")
    for paired, same in (([True] * 4, True), ([True, False, True, False], False)):
        (fixed, mean), (quirky, other) = (
            step_of(config, batch_of(paired)) for config in (tiny_pretrain, reference)
        )
        assert np.allclose(mean, other, atol=1e-7) == same
        assert fixed["image_loss"] == pytest.approx(quirky["image_loss"], rel=1e-5)
        assert (fixed["pixel_loss"] == pytest.approx(quirky["pixel_loss"], rel=1e-5)) == same


def test_disjoint_pairs_contribute_nothing(tiny_pretrain: PretrainConfig) -> None:
    for compat in ("fixed", "reference"):
        config = dataclasses.replace(tiny_pretrain, compat=compat)
        losses, _ = step_of(config, batch_of([False] * 4))
        assert losses["pixel_loss"] == pytest.approx(0, abs=1e-6)
        assert losses["total"] == pytest.approx(
            (losses["image_loss"] + losses["shallow3_loss"]) / 2, rel=1e-5
        )


def test_weights_blend_the_losses(tiny_pretrain: PretrainConfig) -> None:
    config = dataclasses.replace(tiny_pretrain, weights=(3.0, 1.0), pixel_weight=0.5)
    losses, _ = step_of(config, batch_of([True] * 4))
    blended = (3 * losses["image_loss"] + losses["shallow3_loss"]) / 4 + 0.5 * losses["pixel_loss"]
    assert losses["total"] == pytest.approx(blended, rel=1e-5)


def test_the_contrastive_loss_is_added_where_it_has_a_weight(tiny_pretrain: PretrainConfig) -> None:
    losses, _ = step_of(tiny_pretrain, batch_of([True] * 4))
    assert "contrastive_loss" not in losses
    config = dataclasses.replace(tiny_pretrain, contrastive_weight=0.5)
    more, _ = step_of(config, batch_of([True] * 4))
    assert more["contrastive_loss"] > 0
    total = losses["total"] + 0.5 * more["contrastive_loss"]
    assert more["total"] == pytest.approx(total, rel=1e-4)
