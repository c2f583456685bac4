"""A prediction for people: the classes painted over the photograph, and which colour is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pass_ops.data.ids import LabelMap
from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.pictures import INK, PAPER, overlay

LINE, SWATCH, MARGIN = 22, 14, 6  # pixels
MOST = 8  # classes that the legend names


def labelled_picture(
    *,
    image: NDArray[np.uint8],
    labels: LabelMap,
    classes: Sequence[str],
    areas: Mapping[str, float],
) -> Image.Image:
    """The overlay with a legend below: the largest classes, and how much of the image each covers.

    Args:
        image: RGB [H, W, 3].
        labels: int32 [H, W] in 0..K.
        classes: names of the ids 0..K.
        areas: fraction of each class that is in the image, largest first.
    """
    colours = class_colours(len(classes) - 1)
    painted = Image.fromarray(overlay(image, labels, colours))
    shown = [name for name in areas if name != classes[0]][:MOST]
    texts = [f"{name}  {areas[name]:.0%}" for name in shown] or [f"nothing but {classes[0]}"]
    font = ImageFont.load_default(14)
    width = max(painted.width, *(int(font.getlength(text)) + LINE + 2 * MARGIN for text in texts))
    picture = Image.new(
        "RGB", (width, painted.height + len(texts) * LINE + 2 * MARGIN), tuple(PAPER)
    )
    picture.paste(painted, (0, 0))
    draw = ImageDraw.Draw(picture)
    top = painted.height + MARGIN
    for text, name in zip(texts, shown or [""], strict=True):
        left = MARGIN
        if name:
            colour = tuple(int(value) for value in colours[classes.index(name) - 1])
            draw.rectangle((left, top + 4, left + SWATCH, top + 4 + SWATCH), fill=colour)
            left += LINE
        draw.text((left, top + 2), text, INK, font)
        top += LINE
    return picture
