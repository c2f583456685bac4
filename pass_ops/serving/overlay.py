"""A prediction for people: the classes painted over the photograph, and which colour is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from pass_ops.data.ids import LabelMap
from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.pictures import INK, PAPER, overlay

SIDE = 480
"""Pixels of the shorter side from which the legend grows with the photograph."""
TEXT, LINE, SWATCH, MARGIN = 14, 22, 14, 6  # pixels of the legend up to there
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
    texts = [f"{name}  {_share(areas[name])}" for name in shown] or [f"nothing but {classes[0]}"]
    scale = max(1.0, min(painted.size) / SIDE)
    line, swatch, margin = (round(scale * pixels) for pixels in (LINE, SWATCH, MARGIN))
    font = ImageFont.load_default(TEXT * scale)
    width = max(painted.width, *(int(font.getlength(text)) + line + 2 * margin for text in texts))
    picture = Image.new(
        "RGB", (width, painted.height + len(texts) * line + 2 * margin), tuple(PAPER)
    )
    picture.paste(painted, (0, 0))
    draw = ImageDraw.Draw(picture)
    top = painted.height + margin
    for text, name in zip(texts, shown or [""], strict=True):
        left = margin
        if name:
            colour = tuple(int(value) for value in colours[classes.index(name) - 1])
            above = top + (line - swatch) // 2
            draw.rectangle((left, above, left + swatch, above + swatch), fill=colour)
            left += line
        draw.text((left, top + line // 2), text, INK, font, anchor="lm")
        top += line
    return picture


def _share(area: float) -> str:
    """A fraction of an image in words."""
    return "under 1%" if area < 0.005 else f"{area:.0%}"
