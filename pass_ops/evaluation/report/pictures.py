"""Overlays of ground truth and prediction on images, and a contact sheet of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont, ImageOps

from pass_ops.data.codec import IGNORE
from pass_ops.data.ids import LabelMap
from pass_ops.data.user_files.categories import BACKGROUND
from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.scoring.image_scores import ImageScores

Picture = npt.NDArray[np.uint8]

PANEL = 180  # longest side of a panel of the contact sheet, pixels
COLUMNS, GAP, MARGIN, CAPTION, FONT = 2, 6, 18, 20, 14
PAPER, INK = (250, 250, 250), (30, 30, 30)


@dataclass(frozen=True, kw_only=True)
class Example:
    """An image to be shown with its prediction, and with its truth where there is one.

    Attributes:
        image: uint8 RGB [H, W, 3].
        prediction: int32 [H, W], 0..K, clusters matched to classes.
        truth: int32 [H, W], 0..K or 1000; None where it is not known.
        scores: of the prediction; None without a truth.
    """

    image: Picture
    prediction: LabelMap
    truth: LabelMap | None = None
    scores: ImageScores | None = None


def overlay(image: Picture, labels: LabelMap, colours: npt.NDArray[np.uint8]) -> Picture:
    """Tint the classes and dim the background.

    Args:
        image: uint8 RGB [H, W, 3].
        labels: int32 [H, W], 0..K, or 1000, which is painted white.
        colours: uint8 [K, 3], of the classes 1..K.

    Returns:
        uint8 [H, W, 3]: background at 45 % brightness, classes mixed with their colour and
        outlined in it.
    """
    palette = np.vstack(([[0, 0, 0]], colours, [[255, 255, 255]])).astype(np.float32)
    index = np.where(labels == IGNORE, len(colours) + 1, labels)
    share = np.where(index == 0, 0.45, 0.5)[..., None].astype(np.float32)
    share[index == len(colours) + 1] = 0.2
    mixture = image * share + palette[index] * (1 - share)
    ids = index.astype(np.uint16)
    line = (ids != cv2.erode(ids, np.ones((3, 3), np.uint8))) & (index > 0)
    mixture[line] = palette[index[line]]
    picture: Picture = mixture.round().astype(np.uint8)
    return picture


def panels(example: Example, classes: int) -> list[Picture]:
    """The image, its ground truth if known, and its prediction, uint8 [H, W, 3] each.

    Args:
        example: the image.
        classes: number of classes K, which decides on the colours.
    """
    colours = class_colours(classes)
    maps = [labels for labels in (example.truth, example.prediction) if labels is not None]
    return [example.image, *(overlay(example.image, labels, colours) for labels in maps)]


def strip(example: Example, classes: int) -> Picture:
    """The panels side by side, white between them.

    Args:
        example: the image.
        classes: number of classes K.

    Returns:
        uint8 [h, w, 3]; no side of a panel is longer than 180 pixels.
    """
    first, *others = (_thumbnail(panel) for panel in panels(example, classes))
    gap = np.full((first.shape[0], GAP, 3), 255, dtype=np.uint8)
    return np.hstack((first, *(part for panel in others for part in (gap, panel))))


def contact_sheet(examples: Sequence[Example], categories: Sequence[str]) -> Picture:
    """Strips in two columns, each with its caption beneath.

    Args:
        examples: the images, one at least; the truth of all is known, or of none.
        categories: names of the classes 1..K.

    Returns:
        uint8 RGB [H, W, 3].
    """
    strips = [strip(example, len(categories)) for example in examples]
    parts = 2 if examples[0].truth is None else 3
    cell = parts * PANEL + (parts - 1) * GAP
    rows = [
        range(start, min(start + COLUMNS, len(examples)))
        for start in range(0, len(examples), COLUMNS)
    ]
    heights = [max(strips[number].shape[0] for number in row) + CAPTION for row in rows]
    sheet = Image.new(
        "RGB", (COLUMNS * (cell + MARGIN) + MARGIN, sum(heights) + MARGIN * (len(rows) + 1)), PAPER
    )
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(FONT)
    top = MARGIN
    for row, height in zip(rows, heights, strict=True):
        for column, number in enumerate(row):
            left = MARGIN + column * (cell + MARGIN)
            sheet.paste(Image.fromarray(strips[number]), (left, top))
            below = top + strips[number].shape[0] + 3
            draw.text((left, below), caption(examples[number], categories), INK, font)
        top += height + MARGIN
    return np.asarray(sheet)


def caption(example: Example, categories: Sequence[str]) -> str:
    """The largest class in the prediction; where the truth is known, the one in it and the image's
    mIoU, too.

    Args:
        example: the image.
        categories: names of the classes 1..K.
    """
    predicted = _largest_class(example.prediction, categories)
    if example.truth is None or example.scores is None:
        return predicted
    true = _largest_class(example.truth, categories)
    return f"mIoU {example.scores.miou:.2f}: {true}, predicted {predicted}"


def _largest_class(labels: LabelMap, categories: Sequence[str]) -> str:
    areas = np.bincount(labels[(labels > 0) & (labels != IGNORE)], minlength=len(categories) + 1)
    return categories[int(areas.argmax()) - 1] if areas.any() else BACKGROUND


def _thumbnail(picture: Picture) -> Picture:
    return np.asarray(ImageOps.contain(Image.fromarray(picture), (PANEL, PANEL)))
