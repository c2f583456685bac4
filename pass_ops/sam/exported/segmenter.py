"""Any exported promptable segmenter: an encoder and a decoder in ONNX (method 16.8)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pass_ops.sam.box import bounding_box
from pass_ops.sam.exported.decoder import open_decoder
from pass_ops.sam.exported.encoder import open_encoder
from pass_ops.sam.frame import Floats, Frame, frame_of
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb
from pass_ops.sam.preprocess import BOX_END, BOX_START, PADDING

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
        self._encoder = open_encoder(folder)
        self._decoder = open_decoder(folder, self._encoder)

    def set_image(self, key: str, rgb: Rgb) -> None:  # noqa: ARG002 - nothing is random or cached.
        """Encode an image.

        Args:
            key: unused.
            rgb: [H, W, 3].
        """
        self._frame: Frame = frame_of(rgb, self._encoder.side, stretched=self._decoder.stretched)
        self._encoded = self._encoder.run(rgb, self._frame)

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        """Masks that answer a prompt.

        Args:
            prompt: in pixels of the image.
            multimask: masks 1 to 3 of a decoder that gives four, else mask 0. Of one that gives
                three, all or the best; of one that gives one, that in both cases.
        """
        points, labels = self._tokens(prompt)
        answer = self._decoder.run(
            encoded=self._encoded,
            points=points,
            labels=labels,
            mask_logits=prompt.mask_logits,
            frame=self._frame,
        )
        candidates = _candidates_of(answer.scores, multimask)
        return Candidates(
            answer.logits[candidates] > 0,
            np.clip(answer.scores[candidates], 0, 1),
            answer.low_logits[candidates],
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

        Exported decoders expect a padding point wherever there is no box, also without points;
        those of SAM 2 add one themselves.
        """
        points = self._frame.scale(prompt.points.reshape(-1, 2))
        if prompt.box is not None:
            corners = self._frame.scale(np.asarray(prompt.box, np.float32).reshape(2, 2))
            kinds = [BOX_START, BOX_END]
        elif self._decoder.stretched:
            corners, kinds = np.zeros((0, 2), np.float32), []
        else:
            corners, kinds = np.zeros((1, 2), np.float32), [PADDING]
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
