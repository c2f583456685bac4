"""Arrays in, arrays out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.engine.jittor import to_numpy
from pass_ops.sam.network.model import Sam
from tests.parity.sam.scenes import REDUCED

WIDTH, GRID, LOW = REDUCED.prompt_width, REDUCED.grid, 4 * REDUCED.grid
POINTS = np.float32([[[10, 20], [0, 0]], [[30, 5], [0, 0]]])
LABELS = np.int32([[1, -1], [1, -1]])


def answers(model: Sam, **prompts: Any) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mask logits and scores, brought from the device."""
    masks, scores = model.decode(**prompts)
    return to_numpy(masks), to_numpy(scores)


def test_an_image_becomes_one_embedding_per_token(tiny_sam: Sam) -> None:
    embedding = tiny_sam.encode(np.zeros((3, 64, 64), np.float32))
    assert embedding.shape == (WIDTH, GRID, GRID)
    assert embedding.dtype == np.float32


def test_prompts_are_decoded_independently_of_each_other(tiny_sam: Sam) -> None:
    embedding = np.random.default_rng(0).normal(size=(WIDTH, GRID, GRID)).astype(np.float32)
    logits, scores = answers(
        tiny_sam,
        embedding=embedding,
        points=POINTS,
        labels=LABELS,
        mask_logits=None,
        multimask=True,
    )
    assert (logits.shape, scores.shape) == ((2, 3, LOW, LOW), (2, 3))
    for index in range(2):
        alone = answers(
            tiny_sam,
            embedding=embedding,
            points=POINTS[index : index + 1],
            labels=LABELS[index : index + 1],
            mask_logits=None,
            multimask=True,
        )
        np.testing.assert_allclose(alone[0][0], logits[index], rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(alone[1][0], scores[index], rtol=1e-3, atol=1e-4)
    assert np.abs(logits[0] - logits[1]).max() > 0.01
    logits, scores = answers(
        tiny_sam,
        embedding=embedding,
        points=POINTS,
        labels=LABELS,
        mask_logits=None,
        multimask=False,
    )
    assert (logits.shape, scores.shape) == ((2, 1, LOW, LOW), (2, 1))
