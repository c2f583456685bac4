"""Exported segmenters through ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.prompts.targets import prompt_of
from pass_ops.sam.exported.segmenter import OnnxSegmenter
from pass_ops.sam.interface import Region
from pass_ops.sam.preprocess import MEAN, STD
from tests.sam.exported.graphs import write_decoder, write_encoder


def image() -> np.ndarray:
    """[16, 64], red over the right half."""
    rgb = np.zeros((16, 64, 3), np.uint8)
    rgb[:, 32:, 0] = 255
    return rgb


@pytest.mark.parametrize("channels_first", [True, False])
def test_masks_come_at_the_image_s_size(tmp_path: Path, channels_first: bool) -> None:
    write_encoder(tmp_path, channels_first)
    write_decoder(tmp_path)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    candidates = segmenter.predict(prompt_of(None, (40, 8)), True)
    # (40, 8) and the padding point: coordinates shrink by half, labels are 1 − 1.
    assert candidates.scores == pytest.approx(np.array([0.1, 0.2, 0.3]) + 1e-4 * 24)
    assert candidates.masks.shape == (3, 16, 64)
    assert candidates.low_logits.shape == (3, 256, 256)
    single = segmenter.predict(prompt_of((2, 4, 6, 8), None), False)
    assert single.scores == pytest.approx([min(1, 1e-4 * (10 + 5000))])
    assert single.masks.shape == (1, 16, 64)
    # Red is normalised to 2.2 at the right; the padding below is cut off.
    assert single.masks[0, :, 33:].all()
    assert not single.masks[0, :, :31].any()


def test_a_mask_prompt_is_flagged(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    box = prompt_of((2, 4, 6, 8), None)
    logits = np.full((256, 256), 3, np.float32)
    candidates = segmenter.predict(replace(box, mask_logits=logits), False)
    # And its flag: red is -2.1 at the left.
    assert candidates.low_logits[0, 0, 0] == pytest.approx(4 - MEAN[0] / STD[0])


def test_decoders_of_one_mask(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path, masks=1)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    for multimask in (True, False):
        assert segmenter.predict(prompt_of(None, (1, 1)), multimask).masks.shape == (1, 16, 64)


def test_a_decoder_of_three_masks_gives_all_or_the_best(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path, masks=3)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    assert segmenter.predict(prompt_of(None, (1, 1)), True).scores.shape == (3,)
    best = segmenter.predict(prompt_of(None, (1, 1)), False)
    assert best.scores == pytest.approx([0.2], abs=0.01)


def everything(folder: Path, first_score: float) -> list[Region]:
    """Regions of the image with a decoder whose first mask has this predicted IoU."""
    write_encoder(folder)
    write_decoder(folder, first_score=first_score)
    segmenter = OnnxSegmenter(folder)
    segmenter.set_image("a", image())
    return segmenter.everything()


def test_everything_holds_each_mask_once(tmp_path: Path) -> None:
    # Every point of the grid is answered with the same three masks, which are one and the same.
    (region,) = everything(tmp_path, first_score=0.8)
    assert region.score == region.stability == 1
    assert region.mask.shape == (16, 64)
    assert region.box == (32, 0, 64, 16)


def test_everything_leaves_unsure_masks_out(tmp_path: Path) -> None:
    assert everything(tmp_path, first_score=0.0) == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_answers_that_are_not_finite_are_refused(tmp_path: Path, value: float) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path, first_score=value)
    segmenter = OnnxSegmenter(tmp_path)
    segmenter.set_image("a", image())
    with pytest.raises(ArtifactError, match=r"/decoder\.onnx: gives NaN or infinity; export it"):
        segmenter.predict(prompt_of(None, (40, 8)), True)
