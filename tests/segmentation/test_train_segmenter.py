"""Training a segmenter on pseudo-labels (method 12)."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.jittor import jt, seed_everything, to_numpy
from pass_ops.errors import ArtifactError, TrainingError
from pass_ops.models.segmenter import load_segmenter
from pass_ops.models.weights import load_arrays, load_card
from pass_ops.segmentation.train_segmenter import train_segmenter
from pass_ops.segmentation.training import SegmenterTraining
from pass_ops.tracking.tracker import NullTracker


def train(
    *, halves: Path, pretrained: Path, config: SegmentationConfig, checkpoints: Path
) -> dict[str, float]:
    """Train on the four images of `Halves`."""
    return train_segmenter(
        images=Halves(),
        pseudo_labels=halves / "labels",
        weights=pretrained / "last",
        image_labels=halves / "images.parquet",
        clusters=3,
        config=config,
        checkpoints=checkpoints,
        tracker=NullTracker(),
    )


class Halves(Images):
    """Four images of two plain halves, and the ids of the halves by key."""

    def __init__(self) -> None:
        self.ids = {"a": (0, 1), "b": (2, 0), "c": (1, 2), "d": (3, 3)}
        self.colours = np.array(
            [[20, 20, 20], [250, 30, 30], [30, 250, 30], [30, 30, 250]], np.uint8
        )

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.ids)

    def __len__(self) -> int:
        return len(self.ids)

    def labels(self, key: str) -> np.ndarray:
        return np.repeat(np.array([self.ids[key]], np.int32), 16, axis=1).repeat(32, axis=0)

    def image(self, key: str) -> np.ndarray:
        return self.colours[self.labels(key)]


@pytest.fixture
def halves(tmp_path: Path) -> Path:
    """A folder with `labels`, the label maps, and the table `images.parquet`."""
    images = Halves()
    table = pd.DataFrame(
        {"key": images.keys, "label": 0, "label_space": "clustering-1", "confidence": 0.5}
    )
    table.to_parquet(tmp_path / "images.parquet")
    with LabelMapWriter(tmp_path / "labels", {"label_space": "clustering-1"}) as writer:
        for key in images.keys:
            writer.write(key, images.labels(key))
    return tmp_path


@pytest.mark.parametrize(("skips", "least"), [(0, 1), (2, 0.98)])
def test_four_images_can_be_learnt_by_heart(
    *,
    halves: Path,
    pretrained: Path,
    tiny_segmentation: SegmentationConfig,
    tmp_path: Path,
    skips: int,
    least: float,
) -> None:
    """With skips all but a few of sixteen times as many positions, for dropout is on."""
    config = dataclasses.replace(
        tiny_segmentation, skips=skips, min_scale=1.0, epochs=45, batch_size=4, checkpoint_every=45
    )
    metrics = train(
        halves=halves, pretrained=pretrained, config=config, checkpoints=tmp_path / "checkpoints"
    )
    assert metrics["agreement"] >= least
    assert metrics["loss"] < 0.5
    network, _ = load_segmenter(tmp_path / "checkpoints" / "epoch-0045")
    logits = network(jt.zeros((1, 3, 32, 32)))
    assert tuple(logits.shape[2:]) == ((8, 8) if skips else (2, 2))


def test_maps_without_a_label_are_not_trained_on(
    halves: Path, pretrained: Path, tiny_segmentation: SegmentationConfig, tmp_path: Path
) -> None:
    shutil.rmtree(halves / "labels")
    with LabelMapWriter(halves / "labels", {"label_space": "clustering-1"}) as writer:
        for key in Halves().keys:
            writer.write(key, np.full((32, 32), UNCERTAIN, np.int32))
    config = dataclasses.replace(tiny_segmentation, min_scale=1.0, batch_size=4)
    with pytest.raises(TrainingError, match="not one pixel of the training maps has a label in"):
        train(halves=halves, pretrained=pretrained, config=config, checkpoints=tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_checkpoints_say_what_they_are(checkpoints: Path, pretrained: Path) -> None:
    assert sorted(path.name for path in checkpoints.iterdir()) == ["epoch-0001", "epoch-0002"]
    for epoch in (1, 2):
        card = load_card(checkpoints / f"epoch-{epoch:04d}")
        assert (card.stage, card.epoch, card.classes, card.label_space) == (
            "train_segmenter",
            epoch,
            7,
            "clustering-1",
        )
        assert card.network == load_card(pretrained / "last").network
        assert np.isfinite(card.metrics["loss"])
        assert 0 <= card.metrics["agreement"] <= 1


def test_every_parameter_moves_except_what_the_head_leaves_out(checkpoints: Path) -> None:
    first, second = (load_arrays(checkpoints / f"epoch-{epoch:04d}") for epoch in (1, 2))
    assert [name for name in first if np.array_equal(first[name], second[name])] == []


def test_a_training_repeats_to_the_last_bit(
    train_into: Callable[[Path], object], checkpoints: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "checkpoints"
    train_into(folder)
    for epoch in ("epoch-0001", "epoch-0002"):
        first, again = load_arrays(checkpoints / epoch), load_arrays(folder / epoch)
        differences = {name: float(abs(again[name] - first[name]).max()) for name in first}
        assert {name: difference for name, difference in differences.items() if difference} == {}, (
            epoch
        )


def test_dropout_acts_while_it_trains_and_not_afterwards(checkpoints: Path) -> None:
    network, card = load_segmenter(checkpoints / "epoch-0002")
    features = jt.ones((1, network.backbone.channels[-1], 4, 4))

    def logits() -> NDArray[np.float32]:
        with jt.no_grad():
            return to_numpy(network.head([features] * 4))

    np.testing.assert_array_equal(logits(), logits())
    training = SegmenterTraining(
        network=network,
        batches=lambda *_: [],
        config=SegmentationConfig(),
        card=card,
        folder=checkpoints,
        tracker=NullTracker(),
    )
    assert list(training.start_epoch(0, 0)) == []
    seed_everything(1)
    dropped = to_numpy(network.head.dropout(jt.ones((1, 128, 16, 16))))
    assert set(np.unique(dropped).round(5)) == {0, np.float32(1 / 0.9).round(5)}
    assert (dropped == 0).mean() == pytest.approx(0.1, abs=0.01)
    network.eval()
    np.testing.assert_array_equal(to_numpy(network.head.dropout(features)), to_numpy(features))


def test_the_backbone_starts_from_step_1(
    halves: Path, pretrained: Path, tiny_segmentation: SegmentationConfig, tmp_path: Path
) -> None:
    still = dataclasses.replace(tiny_segmentation.optimiser, base_lr=0.0, final_lr=0.0)
    config = dataclasses.replace(tiny_segmentation, optimiser=still, epochs=1, batch_size=4)
    train(halves=halves, pretrained=pretrained, config=config, checkpoints=tmp_path / "checkpoints")
    before, after = (
        load_arrays(pretrained / "last"),
        load_arrays(tmp_path / "checkpoints" / "epoch-0001"),
    )
    weights = [name for name in after if name.startswith("backbone.") and "running" not in name]
    assert len(weights) > 20
    assert all(np.array_equal(before[name], after[name]) for name in weights)


def test_images_without_labels_are_refused(
    training_images: Images,
    halves: Path,
    pretrained: Path,
    tiny_segmentation: SegmentationConfig,
    tmp_path: Path,
) -> None:
    with pytest.raises(
        ArtifactError, match=rf"lacks the label maps of 24 images \({training_images.keys[0]}, "
    ):
        train_segmenter(
            images=training_images,
            pseudo_labels=halves / "labels",
            weights=pretrained / "last",
            image_labels=halves / "images.parquet",
            clusters=6,
            config=tiny_segmentation,
            checkpoints=tmp_path / "out",
            tracker=NullTracker(),
        )
    assert not (tmp_path / "out").exists()


def test_too_few_images_for_a_batch_are_named(
    halves: Path, pretrained: Path, tiny_segmentation: SegmentationConfig, tmp_path: Path
) -> None:
    with pytest.raises(
        TrainingError, match=r"4 images do not fill a batch of 8: lower its batch_size"
    ):
        train(
            halves=halves,
            pretrained=pretrained,
            config=tiny_segmentation,
            checkpoints=tmp_path / "out",
        )


def test_a_loss_that_is_not_finite_leaves_no_checkpoints(
    halves: Path, pretrained: Path, tiny_segmentation: SegmentationConfig, tmp_path: Path
) -> None:
    wild = dataclasses.replace(tiny_segmentation.optimiser, name="sgd", base_lr=1e30)
    config = dataclasses.replace(tiny_segmentation, optimiser=wild, epochs=5, batch_size=4)
    with pytest.raises(TrainingError, match=r"train_segmenter: the loss is (nan|inf)"):
        train(halves=halves, pretrained=pretrained, config=config, checkpoints=tmp_path / "out")
    assert not (tmp_path / "out").exists()
