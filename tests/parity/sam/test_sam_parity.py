"""Segment Anything against the published package, whose answers are in golden.json.

`make_golden.py` wrote them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.models.weights import fill
from pass_ops.sam.embeddings import MemoryEmbeddings
from pass_ops.sam.network.model import Sam
from pass_ops.sam.network.variants import VARIANTS, SamConfig
from pass_ops.sam.predictor import SamSegmenter
from pass_ops.sam.preprocess import preprocess
from tests.parity.sam.scenes import (
    AUTOMATIC,
    FULL_SHAPE,
    GOLDEN,
    REDUCED,
    SHAPES,
    cases,
    draw_image,
    draw_weights,
    sample,
    signature,
    unpacked,
)  # fmt: skip

PUBLISHED: dict[str, Any] = json.loads(GOLDEN.read_text())
PROMPTS = tuple(cases((1, 1), 1))


def shapes_of(model: Sam) -> dict[str, tuple[int, ...]]:
    """Shapes of all parameters by name."""
    return {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}


def segmenter_of(config: SamConfig) -> SamSegmenter:
    """Our segmenter with drawn weights."""
    model = Sam(config)
    fill(module=model, arrays=draw_weights(shapes_of(model)), source=Path("drawn"))
    return SamSegmenter(model, MemoryEmbeddings(2**24), AUTOMATIC)


@pytest.fixture(scope="module")
def reduced() -> SamSegmenter:
    """The small model, which answers in milliseconds."""
    return segmenter_of(REDUCED)


def assert_close(values: NDArray[np.float32], published: list[float]) -> None:
    """Within a thousandth of the largest value."""
    expected = np.float32(published)
    np.testing.assert_allclose(sample(values), expected, rtol=0, atol=1e-3 * np.abs(expected).max())


def compare(
    *, segmenter: SamSegmenter, shape: tuple[int, int], name: str, published: dict[str, Any]
) -> NDArray[np.bool_]:
    """Compare the answer to one prompt about the image that was set; returns the masks.

    Args:
        segmenter: with its image.
        shape: (height, width) of the image.
        name: of the prompt, see `cases`.
        published: answers to all prompts about this image.
    """
    case = cases(shape, 4 * segmenter.model.config.grid)[name]
    candidates = segmenter.predict(case.prompt, case.multimask)
    expected = published["prompts"][name]
    assert_close(candidates.scores, expected["scores"])
    assert_close(candidates.low_logits, expected["logits"])
    areas = candidates.masks.sum(axis=(1, 2))
    np.testing.assert_allclose(areas, expected["areas"], rtol=1e-3, atol=1)
    return candidates.masks


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_parameter_has_the_published_name_and_shape(variant: str) -> None:
    assert signature(shapes_of(Sam(VARIANTS[variant]))) == PUBLISHED["signatures"][variant]


@pytest.mark.parametrize("name", SHAPES)
def test_the_encoder_agrees(reduced: SamSegmenter, name: str) -> None:
    embedding = reduced.model.encode(preprocess(draw_image(name, SHAPES[name]), REDUCED.image_side))
    assert_close(embedding, PUBLISHED["reduced"][name]["embedding"])


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("name", SHAPES)
def test_masks_agree(reduced: SamSegmenter, name: str, prompt: str) -> None:
    reduced.set_image(name, draw_image(name, SHAPES[name]))
    published = PUBLISHED["reduced"][name]
    masks = compare(segmenter=reduced, shape=SHAPES[name], name=prompt, published=published)
    expected = unpacked(published["prompts"][prompt]["masks"], masks.shape)
    assert (masks != expected).mean() <= 1e-3


@pytest.mark.parametrize("name", SHAPES)
def test_automatic_masks_are_the_same_set(reduced: SamSegmenter, name: str) -> None:
    reduced.set_image(name, draw_image(name, SHAPES[name]))
    regions, published = reduced.everything(), PUBLISHED["reduced"][name]["everything"]
    assert [list(region.box) for region in regions] == [expected["box"] for expected in published]
    for region, expected in zip(regions, published, strict=True):
        assert region.score == pytest.approx(expected["score"], abs=1e-3)
        assert region.stability == pytest.approx(expected["stability"], abs=1e-2)
        assert (region.mask != unpacked(expected["mask"], region.mask.shape)).mean() <= 1e-3


def test_the_small_grid_tests_every_filter() -> None:
    counts = [len(PUBLISHED["reduced"][name]["everything"]) for name in SHAPES]
    assert sum(counts) >= 6
    assert max(counts) < 3 * AUTOMATIC.points_per_side**2 / 4


@pytest.mark.slow
def test_vit_b_agrees_at_full_size() -> None:
    segmenter = segmenter_of(VARIANTS["vit_b"])
    image = draw_image("full", FULL_SHAPE)
    assert_close(segmenter.model.encode(preprocess(image, 1024)), PUBLISHED["vit_b"]["embedding"])
    segmenter.set_image("full", image)
    for prompt in PROMPTS:
        compare(segmenter=segmenter, shape=FULL_SHAPE, name=prompt, published=PUBLISHED["vit_b"])
