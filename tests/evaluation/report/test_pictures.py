"""Overlays, strips and contact sheets."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.pictures import Example, caption, contact_sheet, overlay, strip
from pass_ops.evaluation.scoring.image_scores import ImageScores


def example(height=60, width=90):
    """A grey image with a dog, taken for a cat, under a row of ignored pixels."""
    truth = np.zeros((height, width), dtype=np.int32)
    truth[10:30, 10:30] = 2
    truth[0] = 1000
    prediction = np.where(truth == 2, 1, 0).astype(np.int32)
    return Example(
        image=np.full((height, width, 3), 200, np.uint8),
        truth=truth,
        prediction=prediction,
        scores=ImageScores(0.5, 0.5, False),
    )


@pytest.mark.parametrize("classes", [1, 6, 10, 11, 50, 300, 919])
def test_classes_have_colours_of_their_own(classes):
    colours = class_colours(classes)
    assert colours.shape == (classes, 3)
    assert colours.dtype == np.uint8
    assert len(np.unique(colours, axis=0)) == classes


def test_overlay_dims_background_outlines_classes_and_whitens_ignored_pixels():
    dog = example()
    colours = class_colours(2)
    picture = overlay(dog.image, dog.truth, colours)
    assert picture[50, 50].tolist() == [90, 90, 90]
    assert picture[10, 10].tolist() == colours[1].tolist()
    assert picture[20, 20].tolist() == pytest.approx(
        ((200 + colours[1].astype(int)) / 2).tolist(), abs=1
    )
    assert (picture[0] > 240).all()
    assert picture.shape == dog.image.shape


def test_strip_is_three_panels_no_longer_than_180_pixels():
    assert strip(example(), 2).shape == (120, 3 * 180 + 12, 3)
    assert strip(example(600, 300), 2).shape == (180, 3 * 90 + 12, 3)


def test_contact_sheet_holds_every_strip():
    examples = [example(), example(100, 50), example(40, 40)]
    sheet = contact_sheet(examples, ("cat", "dog"))
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * (180 + 20) + 3 * 18, 2 * 552 + 3 * 18, 3)
    assert np.array_equal(sheet[18 : 18 + 120, 18 : 18 + 552], strip(examples[0], 2))


def test_caption_names_the_largest_classes():
    dog = example()
    assert caption(dog, ("cat", "dog")) == "mIoU 0.50: dog, predicted cat"
    nothing = Example(
        image=dog.image,
        truth=np.zeros_like(dog.truth),
        prediction=np.zeros_like(dog.truth),
        scores=dog.scores,
    )
    assert caption(nothing, ("cat", "dog")) == "mIoU 0.50: background, predicted background"
