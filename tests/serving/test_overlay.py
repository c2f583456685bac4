"""The picture of a prediction: the photograph with its classes, and a legend that can be read."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from pass_ops.evaluation.report.colours import class_colours
from pass_ops.serving.areas import class_areas
from pass_ops.serving.overlay import labelled_picture

CLASSES = ("background", "a class with a long name, as of plants", "star")


def drawn(height: int, width: int) -> Image.Image:
    """The picture of a grey photograph, whose left half is class 1 and two pixels are class 2."""
    labels = np.zeros((height, width), np.int32)
    labels[:, : width // 2] = 1
    labels[:2, -1] = 2
    image = np.full((height, width, 3), 128, np.uint8)
    areas = class_areas(labels, CLASSES)
    return labelled_picture(image=image, labels=labels, classes=CLASSES, areas=areas)


def legend(picture: Image.Image, height: int) -> np.ndarray:
    """Where the legend has each class's colour, bool [2, h, w]."""
    below = np.asarray(picture)[height:]
    return np.array([(below == colour).all(axis=-1) for colour in class_colours(2)])


@pytest.mark.parametrize(("height", "width"), [(48, 60), (480, 640), (1920, 1440)])
def test_the_legend_grows_with_large_photographs_and_is_whole_below_small_ones(
    height: int, width: int
) -> None:
    picture = drawn(height, width)
    scale = max(1, min(height, width) / 480)
    assert picture.height - height == 56 * scale
    assert picture.width == width or width < 300
    for swatch in legend(picture, height):
        rows, columns = np.nonzero(swatch)
        assert np.ptp(rows) == np.ptp(columns) == 14 * scale
    ink = np.asarray(picture.convert("L"))[height:] < 128
    # The long name is not cut off at the right edge.
    assert np.nonzero(ink)[1].max() < picture.width - 2


def test_nothing_found_is_said() -> None:
    labels = np.zeros((30, 40), np.int32)
    image = np.full((30, 40, 3), 128, np.uint8)
    picture = labelled_picture(image=image, labels=labels, classes=CLASSES, areas={"background": 1})
    assert picture.height - 30 == 34
    assert not legend(picture, 30).any()
