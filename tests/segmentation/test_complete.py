"""A segmenter's predictions with prompted masks of the same images (method 14)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from pass_ops.clustering.labels import LabelTable
from pass_ops.config.segmentation import CompletionConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.errors import ArtifactError
from pass_ops.segmentation.complete import complete_predictions, completion
from pass_ops.tracking.tracker import NullTracker

MAPS = arrays(np.int32, (5, 6), elements=st.sampled_from([0, 1, 2, 3, UNCERTAIN]))


def labels(text: str) -> LabelMap:
    """A map from its rows, `u` for uncertain."""
    ids = {"u": UNCERTAIN}
    return np.array([[ids.get(x) or int(x) for x in row] for row in text.split()], np.int32)


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [(0.9, "555000000 555000000 000000000"), (0.4, "222000000 222000000 000000000")],
)
def test_a_piece_takes_the_class_with_most_votes_the_masks_worth_its_confidence(
    confidence: float, expected: str
) -> None:
    """5 has the mask's 6 pixels, 2 has 1 + 5 halves, 1 has 3; what networks add is left out."""
    prediction = labels("111002000 200002000 000000011")
    earlier = labels("220002000 222002000 300000000")
    mask = labels("555000000 555000000 0000000uu")
    np.testing.assert_array_equal(
        completion(prediction=prediction, earlier=earlier, mask=mask, confidence=confidence),
        labels(expected),
    )


def test_pieces_touch_at_corners_too_and_of_equals_the_lowest_id_wins() -> None:
    two = labels("2000 0000")
    result = completion(prediction=two, earlier=two, mask=labels("3003 0300"), confidence=0.5)
    np.testing.assert_array_equal(result, labels("2003 0200"))


def test_an_image_without_a_prediction_takes_the_mask_and_its_class() -> None:
    nothing = labels("000")
    result = completion(
        prediction=nothing, earlier=nothing, mask=labels("05u"), confidence=1 / 1000
    )
    np.testing.assert_array_equal(result, labels("050"))


def test_an_image_without_a_mask_keeps_its_foreground() -> None:
    result = completion(
        prediction=labels("0220"), earlier=labels("2220"), mask=labels("00u0"), confidence=1.0
    )
    np.testing.assert_array_equal(result, labels("0220"))


@given(MAPS, MAPS, MAPS, st.floats(0.001, 1))
def test_the_foreground_is_the_masks_and_a_piece_has_one_class(
    prediction: LabelMap, earlier: LabelMap, mask: LabelMap, confidence: float
) -> None:
    prediction, earlier = (
        np.where(one == UNCERTAIN, 0, one).astype(np.int32) for one in (prediction, earlier)
    )
    after = completion(prediction=prediction, earlier=earlier, mask=mask, confidence=confidence)
    known = np.where(mask == UNCERTAIN, 0, mask).astype(np.int32)
    np.testing.assert_array_equal(after > 0, (known if known.any() else prediction) > 0)
    assert set(np.unique(after)) <= {0, *prediction.flat, *earlier.flat, *known.flat}
    pieces, number = ndimage.label(after > 0, structure=np.ones((3, 3)))
    assert all(len(np.unique(after[pieces == piece])) == 1 for piece in range(1, number + 1))
    if known.any():
        swapped = completion(
            prediction=earlier, earlier=prediction, mask=mask, confidence=confidence
        )
        np.testing.assert_array_equal(swapped, after)
    again = completion(prediction=after, earlier=after, mask=after, confidence=confidence)
    np.testing.assert_array_equal(again, after)


def write(folder: Path, *, space: str = "a", **maps: LabelMap) -> Path:
    """A folder of label maps by key."""
    with LabelMapWriter(folder, {"label_space": space, "masks_by": "classical"}) as writer:
        for key, value in maps.items():
            writer.write(key, value)
    return folder


def write_confidences(folder: Path, *, space: str = "a", **confidences: float) -> None:
    """The table `labels.parquet` of images by key."""
    columns = {"key": list(confidences), "confidence": list(confidences.values())}
    LabelTable(pd.DataFrame({**columns, "label": 0, "label_space": space})).save(
        folder / "labels.parquet"
    )


def complete(folder: Path, config: CompletionConfig) -> dict[str, float]:
    """Complete the maps `predicted` in a folder by the maps `painted` and `earlier`."""
    return complete_predictions(
        predicted_maps=folder / "predicted",
        earlier_maps=folder / "earlier",
        painted_maps=folder / "painted",
        image_labels=folder / "labels.parquet",
        config=config,
        completed_maps=folder / "completed",
        tracker=NullTracker(),
    )


@pytest.mark.parametrize("processes", [1, 2])
def test_maps_of_a_folder_are_completed_where_the_settings_say_so(
    tmp_path: Path, processes: int
) -> None:
    write(tmp_path / "predicted", x=labels("1000"), y=labels("0220"))
    write(tmp_path / "earlier", z=labels("1"), x=labels("1100"), y=labels("0010"))
    write(tmp_path / "painted", y=labels("3300"), x=labels("0330"))
    write_confidences(tmp_path, y=0.2, x=0.9)
    metrics = complete(tmp_path, CompletionConfig(enabled=True, processes=processes))
    maps = LabelMaps(tmp_path / "completed")
    assert maps.meta == LabelMaps(tmp_path / "predicted").meta
    assert {key: maps.read(key).tolist() for key in maps.keys} == {
        "x": [[0, 3, 3, 0]],
        "y": [[2, 2, 0, 0]],
    }
    assert metrics == {"foreground": 0.5, "changed": (0.75 + 0.5) / 2}


def test_predictions_stay_as_they_are_without_it(tmp_path: Path) -> None:
    write(tmp_path / "predicted", x=labels("1000"))
    write(tmp_path / "earlier", x=labels("1000"))
    write(tmp_path / "painted", x=labels("0330"))
    write_confidences(tmp_path, x=0.9)
    assert complete(tmp_path, CompletionConfig(processes=1)) == {"foreground": 0.25, "changed": 0}
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
    write_confidences(tmp_path, x=0.9)
    with pytest.raises(ArtifactError, match=message):
        complete(tmp_path, CompletionConfig(enabled=True, processes=1))
    assert not (tmp_path / "completed").exists()


@pytest.mark.parametrize(
    ("space", "key", "message"),
    [
        ("b", "x", "their cluster ids mean different things"),
        ("a", "y", "label these very images"),
    ],
)
def test_labels_of_other_images_or_clusters_are_refused(
    *, tmp_path: Path, space: str, key: str, message: str
) -> None:
    for name in ("predicted", "painted", "earlier"):
        write(tmp_path / name, x=labels("1000"))
    write_confidences(tmp_path, space=space, **{key: 0.9})
    with pytest.raises(ArtifactError, match=message):
        complete(tmp_path, CompletionConfig(enabled=True, processes=1))
    assert not (tmp_path / "completed").exists()
