"""Prediction with flip and several scales (method 12.6)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.parts.crf import CRF_PRESETS
from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.data.transforms.scales import Scales
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.guarded_crf import GuardedCrf
from pass_ops.segmentation.predict import (
    BorderField,
    flip_averaged,
    mirror,
    predict,
    predict_image,
)


def by_colour(pixels: jt.Var) -> jt.Var:
    """Logits that are the colours: class 0 where red is strongest, 1 green, 2 blue. Sees each pixel
    alone.
    """
    return pixels * 10


class BySize:
    """Logits of three classes that depend on the input's height alone; remembers the inputs'
    sizes.
    """

    def __init__(self, logits: dict[int, tuple[float, float, float]]) -> None:
        self.logits = logits
        self.sizes: list[tuple[int, int]] = []

    def __call__(self, pixels: jt.Var) -> jt.Var:
        count, _, height, width = pixels.shape
        self.sizes.append((height, width))
        return jt.array(np.float32(self.logits[height]).reshape(1, 3, 1, 1)).broadcast(
            (count, 3, 2, 2)
        )


def coloured(height: int, width: int) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """An image whose mirror images all differ, and the ids of its colours."""
    ids = np.zeros((height, width), np.int32)
    ids[: height // 2, : width // 4] = 1
    ids[height // 2 :, width // 2 :] = 2
    return (np.eye(3)[ids] * 255).astype(np.uint8), ids


def labels_of(network: Any, image: NDArray[np.uint8], **settings: Any) -> NDArray[np.int32]:
    config = PredictionConfig(**settings)
    return predict_image(network, Scales(config.sides, config.compat)(image), config)


def test_mirroring_reverses_the_columns() -> None:
    x = np.arange(24).reshape(1, 2, 3, 4).astype(np.float32)
    np.testing.assert_array_equal(to_numpy(mirror(jt.array(x))), x[..., ::-1])


@pytest.mark.parametrize("compat", ["fixed", "reference"])
@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("size", [(48, 64), (64, 48)])
def test_each_pixel_of_an_asymmetric_image_keeps_its_place(
    compat: str, flip: bool, size: tuple[int, int]
) -> None:
    image, ids = coloured(*size)
    labels = labels_of(by_colour, image, sizes=(32, 48), flip=flip, compat=compat)
    assert (labels.shape, labels.dtype) == (size, np.int32)
    # Borders between colours may be off by interpolation.
    assert (labels == ids).mean() > 0.94


def test_flipped_scores_are_mirrored_back_before_the_average() -> None:
    ramp = np.arange(5, dtype=np.float32)
    pixels = np.random.default_rng(0).normal(size=(1, 3, 4, 5)).astype(np.float32)

    def network(x: jt.Var) -> jt.Var:
        return x * jt.array(ramp).broadcast(x.shape)

    expected = (pixels * ramp + pixels * ramp[::-1]) / 2
    np.testing.assert_allclose(
        to_numpy(flip_averaged(network, jt.array(pixels), True)), expected, rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(
        to_numpy(flip_averaged(network, jt.array(pixels), False)), pixels * ramp, rtol=1e-5
    )


def test_fixed_scales_the_image_and_averages_probabilities() -> None:
    # One scale is sure of class 0, the other undecided between 1 and 2.
    network = BySize({32: (2, 0, 0), 48: (0, 2.5, 2.4), 64: (2, 0, 0)})
    image = np.zeros((40, 60, 3), np.uint8)
    labels = labels_of(network, image, sizes=(32, 48), flip=False)
    assert network.sizes == [(32, 48), (48, 72)]
    assert set(labels.ravel()) == {0}


def test_reference_squeezes_the_image_enlarges_it_to_the_last_size_and_averages_logits() -> None:
    network = BySize({32: (2, 0, 0), 64: (0, 2.5, 2.4)})
    image = np.zeros((40, 60, 3), np.uint8)
    labels = labels_of(network, image, sizes=(32, 48, 64), flip=True, compat="reference")
    assert network.sizes == [(32, 32), (64, 64)]
    assert set(labels.ravel()) == {1}


@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_one_size_is_one_scale(compat: str) -> None:
    network = BySize({32: (0, 0, 1)})
    assert set(
        labels_of(
            network, np.zeros((32, 32, 3), np.uint8), sizes=(32,), flip=False, compat=compat
        ).ravel()
    ) == {2}
    assert network.sizes == [(32, 32)]


@pytest.mark.parametrize("size", [(60, 45), (45, 60), (61, 47)])
def test_large_images_are_decided_smaller_and_come_back_at_their_own_size(
    size: tuple[int, int],
) -> None:
    image, ids = coloured(*size)
    height, width = size
    labels = labels_of(by_colour, image, sizes=(32,), max_resolution=30)
    assert labels.shape == size
    assert (labels == ids).mean() > 0.9
    # They are the decided map of (30, ⌊30·W/H⌋), enlarged: the first pixel of each of its blocks
    # gives it back.
    rows, columns = (
        -(-np.arange(small) * large // small)
        for small, large in ((30, height), (30 * width // height, width))
    )
    np.testing.assert_array_equal(
        resize_nearest(labels[rows[:, None], columns[None]], height, width), labels
    )


def test_an_image_at_the_limit_is_decided_at_its_own_size() -> None:
    image, _ = coloured(40, 40)
    at_limit, without = (
        labels_of(by_colour, image, sizes=(32,), max_resolution=limit) for limit in (40, 1000)
    )
    np.testing.assert_array_equal(at_limit, without)


def test_a_split_is_labelled_at_each_images_own_size(
    checkpoints: Path, training_images: Images, tmp_path: Path
) -> None:
    config = PredictionConfig(sizes=(32,))
    metrics = predict(
        images=training_images,
        weights=checkpoints / "epoch-0002",
        config=config,
        label_maps=tmp_path / "maps",
    )
    maps = LabelMaps(tmp_path / "maps")
    assert maps.keys == training_images.keys
    assert maps.meta == {"label_space": "clustering-1", "masks_by": "none"}
    labels = {key: maps.read(key) for key in maps.keys}
    assert all(labels[key].shape == training_images.image(key).shape[:2] for key in maps.keys)
    assert set(np.unique(np.concatenate([values.ravel() for values in labels.values()]))) <= set(
        range(7)
    )
    assert metrics["foreground"] == pytest.approx(
        np.mean([(values > 0).mean() for values in labels.values()])
    )


@pytest.mark.parametrize("workers", [1, 2])
def test_a_field_moves_the_borders_of_the_predictions(
    checkpoints: Path, training_images: Images, tmp_path: Path, workers: int
) -> None:
    config = PredictionConfig(sizes=(32,), workers=workers, crf="test-time")
    assert config.field == CRF_PRESETS["test-time"]
    crf = GuardedCrf(CRF_PRESETS["test-time"], max_shrinkage=0.01)
    exempt = training_images.keys[0]
    for name, each in (("plain", None), ("moved", BorderField(crf, exempt={exempt}))):
        predict(
            images=training_images,
            weights=checkpoints / "epoch-0002",
            config=config,
            field=each,
            label_maps=tmp_path / name,
        )
    plain, moved = LabelMaps(tmp_path / "plain"), LabelMaps(tmp_path / "moved")
    assert moved.keys == plain.keys
    np.testing.assert_array_equal(moved.read(exempt), plain.read(exempt))
    for key in plain.keys[1:]:
        expected = crf(training_images.image(key), plain.read(key))
        np.testing.assert_array_equal(moved.read(key), expected)


def test_only_a_segmenter_predicts(
    pretrained: Path, training_images: Images, tmp_path: Path
) -> None:
    with pytest.raises(ArtifactError, match="not a segmenter"):
        predict(
            images=training_images,
            weights=pretrained / "last",
            config=PredictionConfig(sizes=(32,)),
            label_maps=tmp_path / "maps",
        )
    assert not (tmp_path / "maps").exists()
