"""Training of a classifier (method 9.2, 9.3, 9.5)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.data.images import Images
from pass_ops.denoising.classifier import train_classifier
from pass_ops.errors import ArtifactError, TrainingError
from pass_ops.models.classifier import load_classifier
from pass_ops.models.weights import load_arrays, load_card
from pass_ops.tracking.tracker import NullTracker


class Recorder(NullTracker):
    """Keeps the metrics of each epoch."""

    def __init__(self) -> None:
        self.epochs: list[dict[str, float]] = []

    def metrics(self, values: dict[str, float], step: int | None = None) -> None:
        if step is not None:
            self.epochs.append(dict(values))


def changed(before: Path, after: Path) -> set[str]:
    """First parts of the names of parameters that differ."""
    old, new = load_arrays(before), load_arrays(after)
    return {
        name.split(".")[0]
        for name in old.keys() & new.keys()
        if not np.array_equal(old[name], new[name])
    }


def test_plain_pooling_trains_the_backbone_and_leaves_attention_alone(
    classified: Path, attention_weights: Path
) -> None:
    assert changed(attention_weights, classified / "last") == {"backbone"}
    network, card = load_classifier(classified / "last")
    assert (card.stage, card.epoch, card.classes, card.pooling) == (
        "train_classifier_f",
        2,
        6,
        "plain",
    )
    assert network.pooling == "plain"


def test_the_last_epochs_are_kept(classified: Path) -> None:
    first, second = sorted((classified / "checkpoints").iterdir())
    assert (first.name, second.name) == ("epoch-0001", "epoch-0002")
    assert changed(first, second) == {"backbone", "classifier"}
    assert changed(second, classified / "last") == set()


def test_the_label_space_is_that_of_the_labels(classified: Path, clustered: Path) -> None:
    labels = pd.read_parquet(clustered / "labels.parquet")
    assert load_card(classified / "last").label_space == labels["label_space"].iloc[0]


Train = Callable[[ClassifierConfig, Recorder], dict[str, float]]


@pytest.fixture
def train(
    training_images: Images, clustered: Path, attention_weights: Path, tmp_path: Path
) -> Train:
    """Trains on the clusters; weights go to `checkpoints` and `last` of `tmp_path`."""

    def run(config: ClassifierConfig, tracker: Recorder) -> dict[str, float]:
        return train_classifier(
            name="h",
            images=training_images,
            targets=clustered / "labels.parquet",
            weights=attention_weights,
            clusters=6,
            config=config,
            checkpoints=tmp_path / "checkpoints",
            last=tmp_path / "last",
            tracker=tracker,
        )

    return run


def test_attention_pooling_trains_attention_too(
    train: Train, attention_weights: Path, tiny_classifier: ClassifierConfig, tmp_path: Path
) -> None:
    train(dataclasses.replace(tiny_classifier, pooling="attention"), Recorder())
    assert changed(attention_weights, tmp_path / "last") == {"backbone", "fbg"}


def test_early_stages_can_be_left_as_they_are(
    train: Train, attention_weights: Path, tiny_classifier: ClassifierConfig, tmp_path: Path
) -> None:
    """Statistics, too, and in the second epoch as in the first."""
    config = dataclasses.replace(tiny_classifier, pooling="attention", trainable="last_stage")
    train(config, Recorder())
    old, new = load_arrays(attention_weights), load_arrays(tmp_path / "last")
    moved = {
        ".".join(name.split(".")[:2])
        for name in old.keys() & new.keys()
        if not np.array_equal(old[name], new[name])
    }
    assert {name for name in moved if name.startswith("backbone")} == {"backbone.layer4"}
    assert changed(attention_weights, tmp_path / "last") == {"backbone", "fbg"}


def test_it_fits_its_labels_and_ends_once_they_are_stable(
    train: Train, tiny_classifier: ClassifierConfig, tmp_path: Path
) -> None:
    """Every prediction settles on so few images: before the last epoch, not before the third."""
    config = dataclasses.replace(
        tiny_classifier,
        epochs=40,
        ensemble_epochs=3,
        convergence_tolerance=0.05,
        label_smoothing=0.0,
    )
    tracker = Recorder()
    metrics = train(config, tracker)
    assert 3 <= metrics["epochs"] < 40
    assert len(tracker.epochs) == metrics["epochs"]
    assert tracker.epochs[0]["changed"] == 1
    assert metrics["changed"] < 0.05
    assert all(epoch["changed"] >= 0.05 for epoch in tracker.epochs[2:-1])
    assert tracker.epochs[-1]["loss"] < tracker.epochs[0]["loss"]
    assert len(list((tmp_path / "checkpoints").iterdir())) == 3


def test_reference_runs_all_its_epochs(train: Train, tiny_classifier: ClassifierConfig) -> None:
    config = dataclasses.replace(
        tiny_classifier, compat="reference", epochs=3, convergence_tolerance=1.0
    )
    assert train(config, Recorder())["epochs"] == 3


def test_a_loss_that_is_not_finite_leaves_no_weights(
    train: Train, tiny_classifier: ClassifierConfig, tmp_path: Path
) -> None:
    wild = OptimiserConfig(base_lr=1e30)
    with pytest.raises(TrainingError, match=r"^train_classifier_h: the loss is (nan|inf)"):
        train(dataclasses.replace(tiny_classifier, optimiser=wild, epochs=5), Recorder())
    assert list(tmp_path.iterdir()) == []


def refused(
    *, images: Images, table: pd.DataFrame, weights: Path, config: ClassifierConfig, folder: Path
) -> str:
    """Message of the error that a training on `table` ends with; it may leave nothing behind."""
    folder.mkdir()
    table.to_parquet(folder / "labels.parquet")
    with pytest.raises((ArtifactError, TrainingError)) as excinfo:
        train_classifier(
            name="f",
            images=images,
            targets=folder / "labels.parquet",
            weights=weights,
            clusters=6,
            config=config,
            checkpoints=folder / "c",
            last=folder / "w",
            tracker=NullTracker(),
        )
    assert sorted(path.name for path in folder.iterdir()) == ["labels.parquet"]
    assert "\n" not in str(excinfo.value)
    return str(excinfo.value)


def test_labels_that_do_not_fit_are_refused_in_one_line(
    training_images: Images,
    clustered: Path,
    attention_weights: Path,
    pretrained: Path,
    tiny_classifier: ClassifierConfig,
    tmp_path: Path,
) -> None:
    labels = pd.read_parquet(clustered / "labels.parquet")
    few = refused(
        images=training_images,
        table=labels.head(5),
        weights=attention_weights,
        config=tiny_classifier,
        folder=tmp_path / "few",
    )
    assert few.startswith("train_classifier_f: 5 labelled images do not fill a batch of 8")
    strange = labels.assign(key=["stranger", *labels["key"][1:]])
    unknown = refused(
        images=training_images,
        table=strange,
        weights=attention_weights,
        config=tiny_classifier,
        folder=tmp_path / "unknown",
    )
    assert "labels 1 images (such as stranger) that the data set lacks" in unknown
    beyond = labels.assign(label=labels["label"].where(labels["label"] < 5, 6))
    assert "label lies in 0..6, not in 0..5" in refused(
        images=training_images,
        table=beyond,
        weights=attention_weights,
        config=tiny_classifier,
        folder=tmp_path / "beyond",
    )
    other = refused(
        images=training_images,
        table=labels,
        weights=pretrained / "last",
        config=tiny_classifier,
        folder=tmp_path / "other",
    )
    assert "holds weights of another network: missing: fbg." in other
