"""Choice among candidate masks (method 13), two passes (11.1), quality gates (11.4)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.pseudo_labels.prompts.candidates import (
    Answer,
    best_of_three,
    candidate_scores,
    iou,
    two_passes,
)
from pass_ops.pseudo_labels.prompts.painting import mark_disagreement, paint, rejection
from pass_ops.pseudo_labels.prompts.targets import Target, prompt_of
from pass_ops.sam.interface import Candidates, Prompt, Region, Rgb

SHAPE = (10, 20)
PROMPT = prompt_of((0, 0, 10, 10), (3, 3))


def columns(start: int, stop: int) -> NDArray[np.bool_]:
    mask = np.zeros(SHAPE, bool)
    mask[:, start:stop] = True
    return mask


class Scripted:
    """Gives the masks it is made with, and remembers what it was asked."""

    name = "scripted"

    def __init__(self, masks: list[NDArray[np.bool_]], scores: list[float]) -> None:
        self.masks, self.scores, self.asked = (
            np.stack(masks),
            np.array(scores, np.float32),
            list[tuple[Prompt, bool]](),
        )
        self.logits = np.arange(len(masks), dtype=np.float32)[:, None, None] * np.ones(
            (256, 256), np.float32
        )

    def set_image(self, key: str, rgb: Rgb) -> None: ...

    def predict(self, prompt: Prompt, multimask: bool) -> Candidates:
        self.asked.append((prompt, multimask))
        kept = slice(None) if multimask else slice(0, 1)
        return Candidates(self.masks[kept], self.scores[kept], self.logits[kept])

    def everything(self) -> list[Region]:
        return []


def test_the_second_pass_gets_the_logits_of_the_first_ones_best() -> None:
    segmenter = Scripted([columns(0, 3), columns(0, 8), columns(0, 20)], [0.3, 0.9, 0.6])
    answer = two_passes(segmenter, PROMPT)
    (first, many), (second, more) = segmenter.asked
    assert (many, more) == (True, False)
    assert first.mask_logits is None
    assert second.mask_logits is not None
    assert (second.mask_logits == 1).all()
    assert second.box is first.box
    assert answer.score == pytest.approx(0.3)


def test_scores_of_candidates() -> None:
    attention = np.where(columns(0, 5), 0.8, 0.2).astype(np.float32)
    masks, scores = np.stack([columns(0, 5), columns(0, 19)]), np.array([0.6, 0.9], np.float32)
    candidates = Candidates(masks, scores, np.zeros((2, 1, 1), np.float32))
    wide = 0.3 * ((5 * 0.8 + 14 * 0.2) / 19 - 0.2)
    expected = [0.5 + 0.3 + 0.3 * 0.6, 10 / 19 + 0.45 + wide - 0.5]
    assert candidate_scores(candidates, columns(0, 10), attention) == pytest.approx(expected)


def test_fixed_chooses_and_reference_takes_the_first() -> None:
    segmenter = Scripted([columns(0, 2), columns(0, 9), columns(0, 20)], [0.5, 0.5, 0.5])
    attention = np.full(SHAPE, 0.5, np.float32)
    answer = best_of_three(
        segmenter=segmenter, prompt=PROMPT, region=columns(0, 10), attention=attention
    )
    assert answer is not None
    assert answer.mask.sum() == 90
    first = best_of_three(segmenter=segmenter, prompt=PROMPT, region=columns(0, 10), attention=None)
    assert first is not None
    assert first.mask.sum() == 20


def test_the_region_is_kept_where_no_candidate_resembles_it() -> None:
    segmenter = Scripted([columns(12, 20), columns(15, 20), columns(18, 20)], [1, 1, 1])
    assert (
        best_of_three(
            segmenter=segmenter,
            prompt=PROMPT,
            region=columns(0, 10),
            attention=np.zeros(SHAPE, np.float32),
        )
        is None
    )


def test_iou() -> None:
    assert iou(columns(0, 10), columns(5, 15)) == pytest.approx(1 / 3)
    assert iou(columns(0, 0), columns(0, 0)) == 0


@pytest.mark.parametrize(
    ("mask", "score", "why"),
    [
        (columns(0, 10), 0.8, None),
        (columns(0, 10), 0.69, "score"),
        (columns(0, 20), 0.9, "area"),
        (columns(0, 0), 0.9, "area"),
        (columns(6, 19), 0.9, "overlap"),
    ],
)
def test_gates(mask: NDArray[np.bool_], score: float, why: str | None) -> None:
    target, answer = Target(1, columns(0, 8), PROMPT), Answer(mask, score)
    gates = PromptConfig().limits("sam")
    assert rejection(answer=answer, target=target, gates=gates, multi=False) == why
    without = rejection(answer=answer, target=target, gates=None, multi=False)
    assert without == (None if mask.any() else "area")


def test_multi_asks_that_half_of_the_component_is_covered() -> None:
    target = Target(1, columns(0, 8), PROMPT)
    part = Answer(columns(0, 3), 0.9)
    gates = PromptConfig().limits("sam")
    assert rejection(answer=part, target=target, gates=gates, multi=True) == "cover"
    assert rejection(answer=part, target=target, gates=gates, multi=False) is None


def test_painting_fills_background_only_and_knows_large_ids() -> None:
    labels = np.zeros(SHAPE, np.int32)
    paint(labels, columns(0, 5), 919)
    paint(labels, columns(3, 8), 256)
    assert labels[0].tolist() == [919] * 5 + [256] * 3 + [0] * 12


def test_disagreement_is_left_out_of_the_loss() -> None:
    labels, painted = columns(0, 5) * np.int32(2), columns(3, 8) * np.int32(300)
    mark_disagreement(painted, labels)
    assert painted[0].tolist() == [UNCERTAIN] * 3 + [300] * 2 + [UNCERTAIN] * 3 + [0] * 12
