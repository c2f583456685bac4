"""Foreground of prompted masks for what a segmenter has missed (method 14)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pass_ops.config.segmentation import CompletionConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.errors import ArtifactError
from pass_ops.segmentation.complete import complete_predictions, completion
from pass_ops.tracking.tracker import NullTracker

MAPS = arrays(np.int32, (5, 6), elements=st.sampled_from([0, 1, 2, 3, UNCERTAIN]))


def labels(text: str) -> LabelMap:
    """A map from its rows, `u` for uncertain."""
    ids = {"u": UNCERTAIN}
    return np.array([[ids.get(x) or int(x) for x in row] for row in text.split()], np.int32)


def test_what_the_mask_alone_has_takes_the_nearest_class_of_the_segmenter() -> None:
    prediction, mask = labels("1000002 1000002 0000000"), labels("5550555 5u50555 0000000")
    np.testing.assert_array_equal(completion(prediction, mask), labels("1110222 1010222 0000000"))


def test_an_image_without_a_prediction_takes_the_mask_and_its_class() -> None:
    np.testing.assert_array_equal(completion(labels("000"), labels("05u")), labels("050"))


@given(MAPS, MAPS)
def test_predictions_stay_and_the_foreground_is_that_of_both(
    prediction: LabelMap, mask: LabelMap
) -> None:
    prediction = np.where(prediction == UNCERTAIN, 0, prediction).astype(np.int32)
    after = completion(prediction, mask)
    known = np.where(mask == UNCERTAIN, 0, mask)
    np.testing.assert_array_equal(after[prediction > 0], prediction[prediction > 0])
    np.testing.assert_array_equal(after > 0, (prediction > 0) | (known > 0))
    assert set(np.unique(after)) <= set(np.unique(prediction if prediction.any() else known)) | {0}
    np.testing.assert_array_equal(completion(after, mask), after)


def write(folder: Path, *, space: str = "a", **maps: LabelMap) -> Path:
    """A folder of label maps by key."""
    with LabelMapWriter(folder, {"label_space": space, "masks_by": "classical"}) as writer:
        for key, value in maps.items():
            writer.write(key, value)
    return folder


def complete(folder: Path, config: CompletionConfig) -> dict[str, float]:
    """Complete the maps `predicted` in a folder by the maps `painted`."""
    return complete_predictions(
        predicted_maps=folder / "predicted",
        painted_maps=folder / "painted",
        config=config,
        completed_maps=folder / "completed",
        tracker=NullTracker(),
    )


@pytest.mark.parametrize("processes", [1, 2])
def test_maps_of_a_folder_are_completed_where_the_settings_say_so(
    tmp_path: Path, processes: int
) -> None:
    write(tmp_path / "predicted", x=labels("1000"), y=labels("02"))
    write(tmp_path / "painted", y=labels("00"), x=labels("0330"))
    metrics = complete(tmp_path, CompletionConfig(enabled=True, processes=processes))
    maps = LabelMaps(tmp_path / "completed")
    assert maps.meta == LabelMaps(tmp_path / "predicted").meta
    assert {key: maps.read(key).tolist() for key in maps.keys} == {
        "x": [[1, 1, 1, 0]],
        "y": [[0, 2]],
    }
    assert metrics == {"foreground": pytest.approx((0.75 + 0.5) / 2), "added": 0.25}


def test_predictions_stay_as_they_are_without_it(tmp_path: Path) -> None:
    write(tmp_path / "predicted", x=labels("1000"))
    write(tmp_path / "painted", x=labels("0330"))
    assert complete(tmp_path, CompletionConfig(processes=1)) == {"foreground": 0.25, "added": 0}
    np.testing.assert_array_equal(LabelMaps(tmp_path / "completed").read("x"), labels("1000"))


@pytest.mark.parametrize(
    ("painted", "space", "message"),
    [
        ({"x": labels("0330")}, "b", "their cluster ids mean different things"),
        ({"y": labels("0330")}, "a", "are not of the same images: 2 differ"),
        ({"x": labels("033")}, "a", "are not of the same images: 1 differ"),
    ],
)
def test_masks_of_other_images_or_labels_are_refused(
    tmp_path: Path, painted: dict[str, LabelMap], space: str, message: str
) -> None:
    write(tmp_path / "predicted", x=labels("1000"))
    write(tmp_path / "painted", space=space, **painted)
    with pytest.raises(ArtifactError, match=message):
        complete(tmp_path, CompletionConfig(enabled=True, processes=1))
    assert not (tmp_path / "completed").exists()
