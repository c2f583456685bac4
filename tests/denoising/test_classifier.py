"""Training of a classifier (method 9.2, 9.3, 9.5)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.data.images import Images
from pass_ops.denoising.classifier import train_classifier
from pass_ops.errors import ArtifactError, TrainingError
from pass_ops.models.classifier import load_classifier
from pass_ops.models.weights import load_arrays, load_card
from pass_ops.tracking.tracker import NullTracker


class Recorder(NullTracker):
    """Remembers the figures of each epoch."""

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
    kept = sorted((classified / "checkpoints").iterdir())
    assert [path.name for path in kept] == ["epoch-0001", "epoch-0002"]
    assert changed(kept[0], kept[1]) == {"backbone", "classifier"}
    assert changed(kept[1], classified / "last") == set()


def test_the_label_space_is_that_of_the_labels(classified: Path, clustered: Path) -> None:
    labels = pd.read_parquet(clustered / "labels.parquet")
    assert load_card(classified / "last").label_space == labels["label_space"].iloc[0]


def test_attention_pooling_trains_attention_too(
    training_images: Images,
    clustered: Path,
    attention_weights: Path,
    tiny_classifier: ClassifierConfig,
    tmp_path: Path,
) -> None:
    config = dataclasses.replace(tiny_classifier, pooling="attention")
    labels = clustered / "labels.parquet"
    outputs = tmp_path / "checkpoints", tmp_path / "last"
    train_classifier(
        "h", training_images, labels, attention_weights, 6, config, *outputs, NullTracker()
    )
    assert changed(attention_weights, tmp_path / "last") == {"backbone", "fbg"}


def test_it_fits_its_labels_and_ends_once_they_are_stable(
    training_images: Images,
    clustered: Path,
    attention_weights: Path,
    tiny_classifier: ClassifierConfig,
    tmp_path: Path,
) -> None:
    """Every prediction settles on so few images; the run must end before its last epoch, and not
    before `keep_epochs`.
    """
    config = dataclasses.replace(
        tiny_classifier, epochs=40, keep_epochs=3, stable=0.05, label_smoothing=0.0
    )
    tracker = Recorder()
    outputs = tmp_path / "checkpoints", tmp_path / "last"
    labels = clustered / "labels.parquet"
    figures = train_classifier(
        "f", training_images, labels, attention_weights, 6, config, *outputs, tracker
    )
    assert 3 <= figures["epochs"] < 40
    assert len(tracker.epochs) == figures["epochs"]
    assert figures["changed"] < 0.05
    assert all(epoch["changed"] >= 0.05 for epoch in tracker.epochs[2:-1])
    assert tracker.epochs[-1]["loss"] < tracker.epochs[0]["loss"]


def test_reference_runs_all_its_epochs(
    training_images: Images,
    clustered: Path,
    attention_weights: Path,
    tiny_classifier: ClassifierConfig,
    tmp_path: Path,
) -> None:
    config = dataclasses.replace(tiny_classifier, compat="reference", epochs=3, stable=1.0)
    outputs = tmp_path / "checkpoints", tmp_path / "last"
    labels = clustered / "labels.parquet"
    figures = train_classifier(
        "f", training_images, labels, attention_weights, 6, config, *outputs, NullTracker()
    )
    assert figures["epochs"] == 3


def refused(
    *, images: Images, table: pd.DataFrame, weights: Path, config: ClassifierConfig, folder: Path
) -> str:
    """What a training on `table` is refused with; nothing may be left of it."""
    folder.mkdir()
    table.to_parquet(folder / "labels.parquet")
    with pytest.raises((ArtifactError, TrainingError)) as caught:
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
    assert "\n" not in str(caught.value)
    return str(caught.value)


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
    assert "has label 6 of 6 clusters" in refused(
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
    assert "holds weights of another network: fbg." in other
