"""The regions of an image as a line of JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pass_ops.pseudo_labels.region_line import line_regions, region_line
from pass_ops.sam.interface import Region


def test_a_line_by_hand() -> None:
    mask = np.array([[False, True], [False, True]])
    region = Region(mask=mask, score=0.1234567, stability=0.5, box=(1, 0, 2, 2))
    line = region_line("a", [region])
    assert line.endswith(b"\n")
    # COCO counts down the columns: two pixels without the mask, then two of it.
    assert json.loads(line) == {
        "key": "a",
        "size": [2, 2],
        "regions": [{"counts": "22", "score": 0.123457, "stability": 0.5, "box": [1, 0, 2, 2]}],
    }
    (read,) = line_regions(line)
    np.testing.assert_array_equal(read.mask, mask)
    assert (read.score, read.stability, read.box) == (0.123457, 0.5, (1, 0, 2, 2))


def test_an_image_without_regions_has_a_line_too() -> None:
    assert line_regions(region_line("a", [])) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "Expecting value"),
        (b'{"key": "a", "size": [2, 2]}', "regions"),
        (b'{"key": "a", "size": [2], "regions": []}', "size"),
    ],
)
def test_anything_else_is_refused(line: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        line_regions(line)
