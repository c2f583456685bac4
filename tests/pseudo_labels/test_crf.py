"""Dense CRF (method 10.1)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.masks import CrfConfig
from pass_ops.config.parts.crf import CRF_PRESETS
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.shrinkage import shrinkage
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.crf import apply_crf
from pass_ops.pseudo_labels.dense_crf import dense_crf, unary_energy
from pass_ops.tracking.tracker import NullTracker
from tests.pseudo_labels.exact_crf import exact_crf


def scene(seed: int, classes: int = 3) -> tuple[NDArray[np.uint8], LabelMap]:
    """A picture [36, 48] of coloured blocks, and labels of them with every fifth pixel wrong."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.repeat(rng.integers(0, classes, (3, 4)), 12, axis=0), 12, axis=1)
    colours = rng.integers(0, 256, (classes, 3))
    rgb = np.clip(colours[truth] + rng.normal(0, 8, (*truth.shape, 3)), 0, 255).astype(np.uint8)
    wrong = rng.random(truth.shape) < 0.2
    return rgb, np.where(wrong, rng.integers(0, classes, truth.shape), truth).astype(np.int32)


def test_golden_unaries() -> None:
    assert unary_energy(np.array([0]), 2, 0.7).ravel() == pytest.approx([0.3567, 1.2040], abs=5e-5)
    assert unary_energy(np.array([2]), 3, 0.7).ravel() == pytest.approx(
        [1.8971, 1.8971, 0.3567], abs=5e-5
    )


@pytest.mark.parametrize("preset", CRF_PRESETS)
@pytest.mark.parametrize("seed", [0, 1])
def test_agrees_with_exact_mean_field(preset: str, seed: int) -> None:
    rgb, labels = scene(seed)
    fast, exact = (
        dense_crf(rgb, labels, CRF_PRESETS[preset]),
        exact_crf(rgb, labels, CRF_PRESETS[preset]),
    )
    assert (fast == exact).mean() >= 0.97
    # Agreement is worth something only where the field changes labels.
    assert (exact != labels).mean() > 0.05


def test_an_image_of_one_label_is_returned_unchanged() -> None:
    rgb, _ = scene(0)
    labels = np.full((36, 48), 7, np.int32)
    assert dense_crf(rgb, labels, CRF_PRESETS["rival"]) is labels


def test_labels_are_only_names() -> None:
    rgb, labels = scene(2)
    names = np.array([0, 919, 300], np.int32)
    labelled = dense_crf(rgb, labels, CRF_PRESETS["pseudo-labels"])
    np.testing.assert_array_equal(
        dense_crf(rgb, names[labels], CRF_PRESETS["pseudo-labels"]), names[labelled]
    )


def write_maps(folder: Path, images: Images, **changes: LabelMap) -> Path:
    """Noisy halves as label maps of every image; the first image's map is empty."""
    rng = np.random.default_rng(0)
    with LabelMapWriter(folder, {"label_space": "a"}) as writer:
        for number, key in enumerate(images.keys):
            width, height = images.size(key)
            labels = np.zeros((height, width), np.int32)
            labels[:, width // 2 :] = 5 if number else 0
            labels[(rng.random(labels.shape) < 0.1) & (number > 0)] = 5
            writer.write(key, changes.get(key, labels))
    return folder


def test_the_stage_does_the_same_with_one_process_and_two(
    training_images: Images, tmp_path: Path
) -> None:
    maps = write_maps(tmp_path / "maps", training_images)
    metrics = [
        apply_crf(
            images=training_images,
            coarse_maps=maps,
            config=CrfConfig(processes=processes),
            crf_maps=tmp_path / f"{processes}",
            tracker=NullTracker(),
        )
        for processes in (1, 2)
    ]
    assert metrics[0] == metrics[1]
    one, two = LabelMaps(tmp_path / "1"), LabelMaps(tmp_path / "2")
    assert one.keys == two.keys == training_images.keys
    assert one.meta == {"label_space": "a", "crf": "pseudo-labels"}
    for key in one.keys:
        np.testing.assert_array_equal(one.read(key), two.read(key))
    key = training_images.keys[3]
    expected = dense_crf(
        training_images.image(key), LabelMaps(maps).read(key), CrfConfig().parameters()
    )
    np.testing.assert_array_equal(one.read(key), expected)
    assert metrics[0]["one_label"] == 1
    assert 0.01 < metrics[0]["changed"] < 0.3


def test_an_image_that_would_lose_too_much_foreground_keeps_its_labels(
    training_images: Images, tmp_path: Path
) -> None:
    lonely = {}
    for key in training_images.keys[1:3]:
        width, height = training_images.size(key)
        lonely[key] = np.zeros((height, width), np.int32)
        lonely[key][::9, ::9] = 5
    maps = write_maps(tmp_path / "maps", training_images, **lonely)
    for limit in (1.0, 0.05):
        apply_crf(
            images=training_images,
            coarse_maps=maps,
            config=CrfConfig(max_shrinkage=limit),
            crf_maps=tmp_path / f"{limit}",
            tracker=NullTracker(),
        )
    before, free, guarded = (LabelMaps(tmp_path / name) for name in ("maps", "1.0", "0.05"))
    kept = {
        key for key in training_images.keys if shrinkage(before.read(key), free.read(key)) > 0.05
    }
    assert lonely.keys() <= kept < set(training_images.keys)
    for key in training_images.keys:
        expected = before if key in kept else free
        np.testing.assert_array_equal(guarded.read(key), expected.read(key))


def test_a_map_of_another_size_is_refused_by_its_key(
    training_images: Images, tmp_path: Path
) -> None:
    key = training_images.keys[4]
    maps = write_maps(tmp_path / "maps", training_images, **{key: np.zeros((3, 4), np.int32)})
    with pytest.raises(ArtifactError, match=rf"{key}.*is 4x3, its image"):
        apply_crf(
            images=training_images,
            coarse_maps=maps,
            config=CrfConfig(processes=2),
            crf_maps=tmp_path / "out",
            tracker=NullTracker(),
        )
    assert not (tmp_path / "out").exists()


def test_missing_maps_are_refused(training_images: Images, tmp_path: Path) -> None:
    with LabelMapWriter(tmp_path / "maps") as writer:
        writer.write(training_images.keys[0], np.zeros((2, 2), np.int32))
    with pytest.raises(ArtifactError, match="lacks the label maps of 23 images"):
        apply_crf(
            images=training_images,
            coarse_maps=tmp_path / "maps",
            config=CrfConfig(),
            crf_maps=tmp_path / "out",
            tracker=NullTracker(),
        )
