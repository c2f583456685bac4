"""The two ONNX models of a promptable segmenter: opened, and their signatures checked.

The decoder has the signature in which Segment Anything is commonly exported: image_embeddings,
point_coords, point_labels, mask_input, has_mask_input, orig_im_size → masks (logits at the image's
size), iou_predictions, low_res_masks. The encoder takes one float32 image [1, 3, S, S] or [1, S, S,
3], normalised as in method 16.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnxruntime

from pass_ops.errors import ArtifactError

ENCODER_NAME, DECODER_NAME = "encoder.onnx", "decoder.onnx"
DECODER_INPUTS = {
    "image_embeddings",
    "point_coords",
    "point_labels",
    "mask_input",
    "has_mask_input",
    "orig_im_size",
}
DECODER_OUTPUTS = ("masks", "iou_predictions", "low_res_masks")


@dataclass(frozen=True, kw_only=True)
class Encoder:
    """An image encoder.

    Attributes:
        session: ONNX Runtime's.
        input_name: name of its input.
        side: of the square image that it takes, in pixels.
        channels_first: whether it takes [1, 3, side, side] and not [1, side, side, 3].
    """

    session: Any
    input_name: str
    side: int
    channels_first: bool


def open_encoder(folder: Path) -> Encoder:
    """Open the encoder of a folder.

    Raises:
        ArtifactError: the file is missing, broken, or takes something else than a square image.
    """
    path = folder / ENCODER_NAME
    session = _open(path)
    (image,) = session.get_inputs()
    shape = list(image.shape)
    channels_first = len(shape) == 4 and shape[1] == 3
    sides = shape[2:] if channels_first else shape[1:3]
    if (
        len(shape) != 4
        or 3 not in (shape[1], shape[3])
        or not isinstance(sides[0], int)
        or sides[0] != sides[1]
    ):
        raise ArtifactError(f"{path}: takes {shape}: export it for one square image of fixed size")
    return Encoder(
        session=session, input_name=image.name, side=sides[0], channels_first=channels_first
    )


def open_decoder(folder: Path) -> Any:
    """ONNX Runtime's session of the decoder of a folder.

    Raises:
        ArtifactError: the file is missing, broken, or has another signature.
    """
    path = folder / DECODER_NAME
    session = _open(path)
    inputs = [value.name for value in session.get_inputs()]
    outputs = [value.name for value in session.get_outputs()]
    if set(inputs) != DECODER_INPUTS or not set(DECODER_OUTPUTS) <= set(outputs):
        raise ArtifactError(
            f"{path}: takes {', '.join(inputs)} and gives {', '.join(outputs)}: "
            "export a Segment Anything decoder with its usual names"
        )
    return session


def _open(path: Path) -> Any:
    """A session on the CPU: the package that the project installs has no other provider."""
    if not path.is_file():
        raise ArtifactError(
            f"{path}: missing; the onnx back end needs {ENCODER_NAME} and {DECODER_NAME} "
            "in one folder"
        )
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    # ONNX Runtime's errors have no common class of their own.
    except Exception as error:
        reason = str(error).splitlines()[0]
        raise ArtifactError(
            f"{path}: not a model that ONNX Runtime opens ({reason}): export it again"
        ) from error
