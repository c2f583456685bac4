"""Any exported promptable segmenter: an encoder and a decoder in ONNX (method 16.8).

The decoder has the signature in which Segment Anything is commonly exported: image_embeddings,
point_coords, point_labels, mask_input, has_mask_input, orig_im_size → masks (logits at the image's
size), iou_predictions, low_res_masks. The encoder takes one float32 image [1, 3, S, S] or [1, S, S,
3], normalised as in method 16.1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.sam.interface import LOW_SIDE, Candidates, Prompt, Region, Rgb

DECODER_INPUTS = {
    "image_embeddings",
    "point_coords",
    "point_labels",
    "mask_input",
    "has_mask_input",
    "orig_im_size",
}
DECODER_OUTPUTS = ("masks", "iou_predictions", "low_res_masks")
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
GRID = 8
"""Points a side of the grid that masks without a prompt are asked at."""
LEAST_SCORE, SAME = 0.7, 0.8

Array = NDArray[np.float32]


class OnnxSegmenter:
    """Runs `encoder.onnx` once an image and `decoder.onnx` once a prompt, on the CPU.

    Args:
        folder: holds both files.

    Raises:
        ArtifactError: a file is missing, broken, or has another signature.
    """

    name = "onnx"

    def __init__(self, folder: Path) -> None:
        self._encoder, self._decoder = (
            _open(folder / "encoder.onnx"),
            _open(folder / "decoder.onnx"),
        )
        inputs, outputs = _names(self._decoder.get_inputs()), _names(self._decoder.get_outputs())
        if set(inputs) != DECODER_INPUTS or not set(DECODER_OUTPUTS) <= set(outputs):
            raise ArtifactError(
                f"{folder / 'decoder.onnx'}: takes {', '.join(inputs)} and gives {', '.join(outputs)}: "
                "export a Segment Anything decoder with its usual names"
            )
        (image,) = self._encoder.get_inputs()
        self._input, shape = image.name, list(image.shape)
        self._channels_first = len(shape) == 4 and shape[1] == 3
        sides = shape[2:] if self._channels_first else shape[1:3]
        if (
            len(shape) != 4
            or 3 not in (shape[1], shape[3])
            or not isinstance(sides[0], int)
            or sides[0] != sides[1]
        ):
            raise ArtifactError(
                f"{folder / 'encoder.onnx'}: takes {shape}: export it for one square image of fixed size"
            )
        self._side: int = sides[0]

    def set_image(self, key: str, rgb: Rgb) -> None:  # noqa: ARG002 - nothing is random or cached here
        """Encode [H, W, 3]: the longer side at the encoder's, normalised, padded right and
        below.
        """
        height, width = rgb.shape[:2]
        self._size = height, width
        scale = self._side / max(height, width)
        inner = max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))
        self._scale = np.array([inner[0] / width, inner[1] / height], np.float32)
        resized = cv2.resize(rgb, inner, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        padded = np.zeros((self._side, self._side, 3), np.float32)
        padded[: inner[1], : inner[0]] = (resized - np.array(MEAN, np.float32)) / np.array(
            DEVIATION, np.float32
        )
        pixels = padded.transpose(2, 0, 1)[None] if self._channels_first else padded[None]
        (self._embedding,) = self._encoder.run(None, {self._input: np.ascontiguousarray(pixels)})[
            :1
        ]

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks 1 to 3 of four with `multimask`, else mask 0; of a decoder that gives one mask,
        that one.
        """
        points, labels = self._points(prompt)
        low = (
            np.zeros((LOW_SIDE, LOW_SIDE), np.float32)
            if prompt.mask_logits is None
            else prompt.mask_logits
        )
        masks, scores, logits = self._decoder.run(
            list(DECODER_OUTPUTS),
            {
                "image_embeddings": self._embedding,
                "point_coords": points[None],
                "point_labels": labels[None],
                "mask_input": low[None, None].astype(np.float32),
                "has_mask_input": np.array([prompt.mask_logits is not None], np.float32),
                "orig_im_size": np.array(self._size, np.float32),
            },
        )
        count = masks.shape[1]
        taken = slice(None) if count in (1, 3) else slice(1, None) if multimask else slice(0, 1)
        if count == 3 and not multimask:
            best = int(scores[0].argmax())
            taken = slice(best, best + 1)
        return Candidates(masks[0, taken] > 0, np.clip(scores[0, taken], 0, 1), logits[0, taken])

    def everything(self) -> list[Region]:
        """Masks of a grid of points, without repetitions, best first; their stability is not
        measured: it is the score.
        """
        height, width = self._size
        found: list[Region] = []
        places = (np.arange(GRID) + 0.5) / GRID
        for y in places * height:
            for x in places * width:
                prompt = Prompt(
                    points=np.array([[x, y]], np.float32), point_labels=np.ones(1, np.int32)
                )
                answers = self.predict(prompt, True)
                for mask, score in zip(answers.masks, answers.scores, strict=True):
                    if score >= LEAST_SCORE and mask.any():
                        found.append(
                            Region(
                                mask=mask,
                                score=float(score),
                                stability=float(score),
                                box=_box(mask),
                            )
                        )
        kept: list[Region] = []
        for region in sorted(found, key=lambda region: -region.score):
            if all(
                (region.mask & other.mask).sum() < SAME * (region.mask | other.mask).sum()
                for other in kept
            ):
                kept.append(region)
        return kept

    def _points(self, prompt: Prompt) -> tuple[Array, Array]:
        """Points and the box's corners (labels 2, 3) in the encoder's pixels; a padding point (−1)
        where there is no box.
        """
        if prompt.box is None:
            corners, kinds = np.zeros((1, 2), np.float32), [-1]
        else:
            corners, kinds = np.asarray(prompt.box, np.float32).reshape(2, 2) * self._scale, [2, 3]
        points = np.concatenate([prompt.points.reshape(-1, 2) * self._scale, corners]).astype(
            np.float32
        )
        return points, np.concatenate([prompt.point_labels, kinds]).astype(np.float32)


def _open(path: Path) -> Any:
    if not path.is_file():
        raise ArtifactError(
            f"{path}: missing; the onnx back end needs encoder.onnx and decoder.onnx in one folder"
        )
    try:
        return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:
        why = str(error).splitlines()[0]
        raise ArtifactError(
            f"{path}: not a model that ONNX Runtime opens ({why}): export it again"
        ) from error


def _names(values: list[Any]) -> list[str]:
    return [value.name for value in values]


def _box(mask: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(mask)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
