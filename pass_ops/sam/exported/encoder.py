"""The encoder of an exported segmenter, told by what it takes (method 16.8)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import cv2
import numpy as np

from pass_ops.errors import ArtifactError
from pass_ops.sam.exported.session import OnnxSession
from pass_ops.sam.frame import Floats, Frame
from pass_ops.sam.interface import Rgb
from pass_ops.sam.preprocess import MEAN, STD

ENCODER_NAME = "encoder.onnx"
RAW_SIDE = 1024
"""Longer side in pixels of images for encoders that normalise and pad themselves."""


class Layout(Enum):
    """What an encoder takes."""

    CHANNELS_FIRST = "[1, 3, S, S], normalised"
    CHANNELS_LAST = "[1, S, S, 3], normalised"
    RAW = "[H, W, 3], 0 to 255"


@dataclass(frozen=True)
class Encoder:
    """An image encoder.

    Attributes:
        session: of the model, which has one input.
        side: of the square image that it sees, in pixels.
        layout: of its input.
    """

    session: OnnxSession
    side: int
    layout: Layout

    def run(self, rgb: Rgb, frame: Frame) -> dict[str, Floats]:
        """All that it gives for an image, by name.

        Args:
            rgb: [H, W, 3].
            frame: how it lies in the square: resized, zero on the right and below.
        """
        height, width = frame.inner_size
        image = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
        pixels = image.astype(np.float32)
        if self.layout is not Layout.RAW:
            square = np.zeros((self.side, self.side, 3), np.float32)
            square[:height, :width] = (pixels - MEAN) / STD
            first = self.layout is Layout.CHANNELS_FIRST
            pixels = (square.transpose(2, 0, 1) if first else square)[None]
        (name,) = self.session.inputs
        return self.session.run(self.session.outputs, {name: pixels})


def open_encoder(folder: Path) -> Encoder:
    """Open the encoder of a folder.

    Raises:
        ArtifactError: the file is missing, broken, or takes something else than one image.
    """
    session = OnnxSession(folder / ENCODER_NAME)
    shapes = [shape for shape, _ in session.inputs.values()]
    match shapes:
        case [[_, 3, int(height), int(width)]] if height == width:
            return Encoder(session, height, Layout.CHANNELS_FIRST)
        case [[_, int(height), int(width), 3]] if height == width:
            return Encoder(session, height, Layout.CHANNELS_LAST)
        case [[str() | None, str() | None, 3]]:
            return Encoder(session, RAW_SIDE, Layout.RAW)
    raise ArtifactError(
        f"{session.path}: takes {', '.join(map(str, shapes))}: "
        "export it for one square image of fixed size"
    )
