"""Any exported promptable segmenter: an encoder and a decoder in ONNX (method 16.8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from pass_ops.errors import ArtifactError
from pass_ops.sam.box import bounding_box
from pass_ops.sam.frame import Floats, Frame, frame_of
from pass_ops.sam.interface import LOW_SIDE, Candidates, Prompt, Region, Rgb
from pass_ops.sam.onnx_models import (
    DECODER_NAME,
    DECODER_OUTPUTS,
    ENCODER_NAME,
    open_decoder,
    open_encoder,
)
from pass_ops.sam.preprocess import BOX_END, BOX_START, MEAN, PADDING, STD

GRID = 8
"""Points a side of the grid that masks without a prompt are asked at."""
MIN_SCORE = 0.7
"""Predicted IoU that a mask without a prompt must reach."""
DUPLICATE_IOU = 0.8
"""IoU from which two masks count as one."""


class OnnxSegmenter:
    """Runs `encoder.onnx` once an image and `decoder.onnx` once a prompt, on the CPU.

    Args:
        folder: holds both files.

    Raises:
        ArtifactError: a file is missing, broken, has another signature, or gives NaN.
    """

    name = "onnx"

    def __init__(self, folder: Path) -> None:
        self._encoder, self._decoder = open_encoder(folder), open_decoder(folder)
        self._folder = folder

    def set_image(self, key: str, rgb: Rgb) -> None:  # noqa: ARG002 - nothing is random or cached.
        """Encode an image: resized, normalised, padded on the right and below.

        Args:
            key: unused.
            rgb: [H, W, 3].
        """
        side = self._encoder.side
        self._frame: Frame = frame_of(rgb, side)
        height, width = self._frame.inner_size
        image = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_LINEAR)
        square = np.zeros((side, side, 3), np.float32)
        square[:height, :width] = (image.astype(np.float32) - MEAN) / STD
        pixels = square.transpose(2, 0, 1) if self._encoder.channels_first else square
        outputs = self._encoder.session.run(
            None, {self._encoder.input_name: np.ascontiguousarray(pixels[None])}
        )
        self._embedding: Floats = outputs[0]
        self._require_finite(self._embedding, ENCODER_NAME)

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks that answer a prompt.

        Args:
            prompt: in pixels of the image.
            multimask: masks 1 to 3 of a decoder that gives four, else mask 0. Of one that gives
                three, all or the best; of one that gives one, that in both cases.
        """
        points, labels = self._tokens(prompt)
        mask_logits = prompt.mask_logits
        if mask_logits is None:
            mask_logits = np.zeros((LOW_SIDE, LOW_SIDE), np.float32)
        masks, scores, low_logits = self._decoder.run(
            list(DECODER_OUTPUTS),
            {
                "image_embeddings": self._embedding,
                "point_coords": points[None],
                "point_labels": labels[None],
                "mask_input": mask_logits[None, None].astype(np.float32),
                "has_mask_input": np.array([prompt.mask_logits is not None], np.float32),
                "orig_im_size": np.array(self._frame.size, np.float32),
            },
        )
        self._require_finite(scores, DECODER_NAME)
        candidates = _candidates_of(scores[0], multimask)
        return Candidates(
            masks[0, candidates] > 0,
            np.clip(scores[0, candidates], 0, 1),
            low_logits[0, candidates],
        )

    def everything(self) -> list[Region]:
        """Masks of a grid of points, without repetitions, best first.

        Their stability is not measured: it is the score.
        """
        regions: list[Region] = []
        for region in sorted(self._grid_regions(), key=lambda region: -region.score):
            if not any(_is_duplicate(region, better) for better in regions):
                regions.append(region)
        return regions

    def _require_finite(self, values: Floats, model: str) -> None:
        """Refuse answers that no comparison holds for: all masks would be empty.

        Args:
            values: that a model gave.
            model: name of its file.
        """
        if not np.isfinite(values).all():
            raise ArtifactError(
                f"{self._folder / model}: gives NaN or infinity; export it from finite weights, "
                "in float32"
            )

    def _grid_regions(self) -> Iterator[Region]:
        """Every sure mask at every point of the grid, row by row."""
        height, width = self._frame.size
        centres = (np.arange(GRID) + 0.5) / GRID
        for y in centres * height:
            for x in centres * width:
                point = np.array([[x, y]], np.float32)
                candidates = self.predict(
                    Prompt(points=point, point_labels=np.ones(1, np.int32)), multimask=True
                )
                for mask, score in zip(candidates.masks, candidates.scores, strict=True):
                    if score >= MIN_SCORE and mask.any():
                        yield Region(
                            mask=mask,
                            score=float(score),
                            stability=float(score),
                            box=bounding_box(mask),
                        )

    def _tokens(self, prompt: Prompt) -> tuple[Floats, Floats]:
        """Points [n, 2] in the square and labels [n]: those of the prompt, then its box's corners.

        Exported decoders expect a padding point wherever there is no box, also without points.
        """
        points = self._frame.scale(prompt.points.reshape(-1, 2))
        if prompt.box is None:
            corners, kinds = np.zeros((1, 2), np.float32), [PADDING]
        else:
            corners = self._frame.scale(np.asarray(prompt.box, np.float32).reshape(2, 2))
            kinds = [BOX_START, BOX_END]
        labels = np.concatenate([prompt.point_labels, kinds])
        return np.concatenate([points, corners]).astype(np.float32), labels.astype(np.float32)


def _candidates_of(scores: Floats, multimask: bool) -> slice:
    """Which of the decoder's masks answer a prompt.

    Args:
        scores: predicted IoU [m] of all of them.
        multimask: see `OnnxSegmenter.predict`.
    """
    if len(scores) == 1 or (len(scores) == 3 and multimask):
        return slice(None)
    if len(scores) == 3:
        best = int(scores.argmax())
        return slice(best, best + 1)
    return slice(1, None) if multimask else slice(0, 1)


def _is_duplicate(region: Region, other: Region) -> bool:
    """Whether two regions overlap so much that they count as one.

    Args:
        region, other: of the same image.
    """
    overlap, union = (region.mask & other.mask).sum(), (region.mask | other.mask).sum()
    return bool(overlap >= DUPLICATE_IOU * union)
