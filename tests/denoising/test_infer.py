"""Labels, confidence and losses that a classifier gives (method 9.4 to 9.6)."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.denoising import InferenceConfig
from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import centre_crop, resize_image
from pass_ops.denoising.infer import infer_image_labels
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.models.classifier import load_classifier
from pass_ops.tracking.tracker import NullTracker

CONFIG = InferenceConfig(resize=36, crop=32, batch_size=8)


def infer(images: Images, checkpoints: Path, given: Path, labels: Path) -> None:
    """Labels of the training images by classifier f.

    Args:
        images: to label.
        checkpoints: of f.
        given: table of the labels that f was trained on.
        labels: table to write.
    """
    infer_image_labels(
        name="f",
        images=images,
        checkpoints=checkpoints,
        given=given,
        config=CONFIG,
        labels=labels,
        tracker=NullTracker(),
    )


@pytest.fixture(scope="module")
def inferred(
    training_images: Images,
    classified: Path,
    clustered: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> pd.DataFrame:
    path = tmp_path_factory.mktemp("inferred") / "labels.parquet"
    infer(training_images, classified / "checkpoints", clustered / "labels.parquet", path)
    return pd.read_parquet(path)


def test_every_image_gets_one_label(
    inferred: pd.DataFrame, training_images: Images, clustered: Path
) -> None:
    previous = (
        pd.read_parquet(clustered / "labels.parquet")
        .set_index("key")
        .loc[list(training_images.keys)]
    )
    assert tuple(inferred["key"]) == training_images.keys
    assert inferred["given"].tolist() == previous["label"].tolist()
    assert set(inferred["label_space"]) == set(previous["label_space"])


def test_logits_of_image_and_mirror_image_are_averaged_and_epochs_afterwards(
    inferred: pd.DataFrame, training_images: Images, classified: Path
) -> None:
    pixels = normalise(
        [
            centre_crop(resize_image(training_images.image(key), 36, "fixed"), 32)
            for key in training_images.keys[:8]
        ]
    )
    losses, probabilities = np.zeros(8), np.zeros((8, 6))
    for folder in sorted((classified / "checkpoints").iterdir()):
        network, _ = load_classifier(folder)
        plain = to_numpy(network(jt.array(pixels)))
        mirrored = to_numpy(network(jt.array(np.ascontiguousarray(pixels[:, :, :, ::-1]))))
        logits = ((plain + mirrored) / 2).astype(np.float64)
        p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
        losses += -np.log(p[np.arange(8), inferred["given"][:8]]) / 2
        probabilities += p / 2
    np.testing.assert_allclose(inferred["loss"][:8], losses, rtol=1e-4)
    np.testing.assert_allclose(inferred["confidence"][:8], probabilities.max(1), rtol=1e-4)
    assert inferred["label"][:8].tolist() == probabilities.argmax(1).tolist()
    assert inferred["flip_agrees"][:8].tolist() == (plain.argmax(1) == mirrored.argmax(1)).tolist()


def test_only_labels_that_paint_masks_need_a_margin(
    inferred: pd.DataFrame,
    training_images: Images,
    classified: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    tables = {}
    for name in ("f", "c"):
        infer_image_labels(
            name=name,
            images=training_images,
            checkpoints=classified / "checkpoints",
            given=clustered / "labels.parquet",
            config=dataclasses.replace(CONFIG, relabel_margin=1.0),
            labels=tmp_path / name,
            tracker=NullTracker(),
        )
        tables[name] = pd.read_parquet(tmp_path / name)
    pd.testing.assert_frame_equal(tables["f"], inferred)
    assert (inferred["label"] != inferred["given"]).any()
    kept = tables["c"]
    assert kept["label"].tolist() == inferred["given"].tolist()
    changed = inferred["label"] != inferred["given"]
    assert (kept["confidence"][changed] < inferred["confidence"][changed]).all()


def test_labels_of_another_space_are_refused_with_both_names(
    training_images: Images, classified: Path, clustered: Path, tmp_path: Path
) -> None:
    previous = tmp_path / "previous.parquet"
    pd.read_parquet(clustered / "labels.parquet").assign(label_space="clustering-other").to_parquet(
        previous
    )
    with pytest.raises(
        ArtifactError,
        match=r"previous\.parquet is of label space clustering-other, .*epoch-0001 of clusteri",
    ):
        infer(training_images, classified / "checkpoints", previous, tmp_path / "labels.parquet")
    assert not (tmp_path / "labels.parquet").exists()


def test_a_table_without_every_image_is_refused(
    training_images: Images, classified: Path, clustered: Path, tmp_path: Path
) -> None:
    previous = tmp_path / "previous.parquet"
    pd.read_parquet(clustered / "labels.parquet").iloc[1:].to_parquet(previous)
    with pytest.raises(ArtifactError, match=r"previous\.parquet lacks 1 keys"):
        infer(training_images, classified / "checkpoints", previous, tmp_path / "labels.parquet")


@pytest.mark.parametrize(
    ("checkpoints", "message"),
    [
        ("checkpoints", "holds weights of stage train_pixel_attention, not a classifier"),
        ("nothing", "holds no checkpoints: run train_classifier again"),
    ],
)
def test_other_weights_are_no_classifier(
    checkpoints: str,
    message: str,
    training_images: Images,
    attention_weights: Path,
    clustered: Path,
    tmp_path: Path,
) -> None:
    shutil.copytree(attention_weights, tmp_path / "checkpoints" / "epoch-0001")
    with pytest.raises(ArtifactError, match=message):
        infer(
            training_images,
            tmp_path / checkpoints,
            clustered / "labels.parquet",
            tmp_path / "labels.parquet",
        )
