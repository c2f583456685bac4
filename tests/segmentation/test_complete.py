"""Foreground of prompted masks for what a segmenter has missed (method 14)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

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


def test_a_piece_takes_the_class_of_most_pixels_in_the_three_maps() -> None:
    """At the left 6 × 5, 5 × 2, 4 × 1; at the right 2 × 2, 1 × 5."""
    prediction = labels("1100020 1100020 0000000")
    earlier = labels("2200000 2222000 0000000")
    mask = labels("5550050 5550000 000000u")
    np.testing.assert_array_equal(
        completion(prediction, earlier, mask), labels("5550020 5550020 0000000")
    )


def test_pieces_touch_at_corners_too_and_of_equals_the_lowest_id_wins() -> None:
    nothing = labels("000 000")
    result = completion(labels("200 000"), nothing, labels("000 010"))
    np.testing.assert_array_equal(result, labels("100 010"))


def test_an_image_without_a_prediction_takes_the_mask_and_its_class() -> None:
    nothing = labels("000")
    np.testing.assert_array_equal(completion(nothing, nothing, labels("05u")), labels("050"))


@given(MAPS, MAPS, MAPS)
def test_the_foreground_is_that_of_prediction_and_mask_and_a_piece_has_one_class(
    prediction: LabelMap, earlier: LabelMap, mask: LabelMap
) -> None:
    prediction, earlier = (
        np.where(one == UNCERTAIN, 0, one).astype(np.int32) for one in (prediction, earlier)
    )
    after = completion(prediction, earlier, mask)
    known = np.where(mask == UNCERTAIN, 0, mask).astype(np.int32)
    np.testing.assert_array_equal(after > 0, (prediction > 0) | (known > 0))
    assert set(np.unique(after)) <= {0, *prediction.flat, *earlier.flat, *known.flat}
    pieces, number = ndimage.label(after > 0, structure=np.ones((3, 3)))
    assert all(len(np.unique(after[pieces == piece])) == 1 for piece in range(1, number + 1))
    np.testing.assert_array_equal(completion(known, earlier, prediction), after)
    np.testing.assert_array_equal(completion(after, after, after), after)


def write(folder: Path, *, space: str = "a", **maps: LabelMap) -> Path:
    """A folder of label maps by key."""
    with LabelMapWriter(folder, {"label_space": space, "masks_by": "classical"}) as writer:
        for key, value in maps.items():
            writer.write(key, value)
    return folder


def complete(folder: Path, config: CompletionConfig) -> dict[str, float]:
    """Complete the maps `predicted` in a folder by the maps `painted` and `earlier`."""
    return complete_predictions(
        predicted_maps=folder / "predicted",
        earlier_maps=folder / "earlier",
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
    write(tmp_path / "earlier", z=labels("1"), x=labels("3100"), y=labels("01"))
    write(tmp_path / "painted", y=labels("00"), x=labels("0330"))
    metrics = complete(tmp_path, CompletionConfig(enabled=True, processes=processes))
    maps = LabelMaps(tmp_path / "completed")
    assert maps.meta == LabelMaps(tmp_path / "predicted").meta
    assert {key: maps.read(key).tolist() for key in maps.keys} == {
        "x": [[3, 3, 3, 0]],
        "y": [[0, 1]],
    }
    assert metrics == {"foreground": pytest.approx((0.75 + 0.5) / 2), "added": 0.25}


def test_predictions_stay_as_they_are_without_it(tmp_path: Path) -> None:
    write(tmp_path / "predicted", x=labels("1000"))
    write(tmp_path / "earlier", x=labels("1000"))
    write(tmp_path / "painted", x=labels("0330"))
    assert complete(tmp_path, CompletionConfig(processes=1)) == {"foreground": 0.25, "added": 0}
    np.testing.assert_array_equal(LabelMaps(tmp_path / "completed").read("x"), labels("1000"))


@pytest.mark.parametrize("folder", ["painted", "earlier"])
@pytest.mark.parametrize(
    ("maps", "space", "message"),
    [
        ({"x": labels("0330")}, "b", "their cluster ids mean different things"),
        ({"y": labels("0330")}, "a", "are not of the same images: [12] differ"),
        ({"x": labels("033")}, "a", "are not of the same images: 1 differ"),
    ],
)
def test_maps_of_other_images_or_labels_are_refused(
    *, tmp_path: Path, folder: str, maps: dict[str, LabelMap], space: str, message: str
) -> None:
    for name in ("predicted", "painted", "earlier"):
        if name != folder:
            write(tmp_path / name, x=labels("1000"))
    write(tmp_path / folder, space=space, **maps)
    with pytest.raises(ArtifactError, match=message):
        complete(tmp_path, CompletionConfig(enabled=True, processes=1))
    assert not (tmp_path / "completed").exists()
