"""The back end `sam`: prompts in pixels of the image, masks of its size, one encoding an image."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pass_ops.models.weights import arrays_of
from pass_ops.sam.card import SamCard
from pass_ops.sam.embeddings import FolderEmbeddings, MemoryEmbeddings
from pass_ops.sam.interface import Prompt, PromptableSegmenter
from pass_ops.sam.network.model import Sam
from pass_ops.sam.predictor import SamSegmenter, open_sam
from pass_ops.sam.weights import save_sam
from tests.parity.sam.scenes import AUTOMATIC, REDUCED, draw_image

POINT = Prompt(points=np.float32([[20, 30]]), point_labels=np.int32([1]))
EMBEDDING_BYTES = 4 * REDUCED.prompt_width * REDUCED.grid**2
IMAGES = {key: draw_image(key, (60, 96)) for key in "abc"}


def round_of_prompts(segmenter: SamSegmenter) -> dict[str, list[float]]:
    """Two prompts about each image; the scores of the second."""
    scores = {}
    for key, image in IMAGES.items():
        segmenter.set_image(key, image)
        first = segmenter.predict(POINT, multimask=True)
        again = replace(POINT, mask_logits=first.low_logits[first.scores.argmax()])
        scores[key] = segmenter.predict(again, multimask=False).scores.tolist()
    return scores


def test_candidates_have_the_image_s_size(tiny_sam: Sam) -> None:
    segmenter: PromptableSegmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(0), AUTOMATIC)
    assert segmenter.name == "sam"
    segmenter.set_image("a", IMAGES["a"])
    low_side = 4 * REDUCED.grid
    for multimask, count in ((True, 3), (False, 1)):
        candidates = segmenter.predict(POINT, multimask)
        assert candidates.masks.shape == (count, 60, 96)
        assert candidates.masks.dtype == np.bool_
        assert candidates.scores.shape == (count,)
        assert candidates.low_logits.shape == (count, low_side, low_side)
    regions = segmenter.everything()
    assert regions
    assert all(region.mask.shape == (60, 96) for region in regions)
    assert [region.score for region in regions] == sorted(
        (region.score for region in regions), reverse=True
    )


def test_all_prompts_of_an_image_share_one_encoder_pass(tiny_sam: Sam) -> None:
    segmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(0), AUTOMATIC)
    round_of_prompts(segmenter)
    segmenter.everything()
    assert segmenter.encoder_passes == len(IMAGES)


@pytest.mark.parametrize(("room", "passes"), [(3, 3), (2, 6), (0, 6)])
def test_a_second_round_encodes_what_the_budget_did_not_keep(
    tiny_sam: Sam, room: int, passes: int
) -> None:
    segmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(room * EMBEDDING_BYTES), AUTOMATIC)
    first = round_of_prompts(segmenter)
    assert round_of_prompts(segmenter) == first
    assert segmenter.encoder_passes == passes


@pytest.mark.parametrize(("room", "passes"), [(3, 0), (2, 1), (0, 3)])
def test_two_stages_share_a_folder(tiny_sam: Sam, tmp_path: Path, room: int, passes: int) -> None:
    budget = room * (EMBEDDING_BYTES + 128)
    first = SamSegmenter(tiny_sam, FolderEmbeddings(tmp_path, budget))
    second = SamSegmenter(tiny_sam, FolderEmbeddings(tmp_path, budget))
    assert round_of_prompts(first) == round_of_prompts(second)
    assert (first.encoder_passes, second.encoder_passes) == (3, passes)


def test_another_image_of_the_same_key_is_encoded(tiny_sam: Sam) -> None:
    segmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(10**6))
    for name in "ab":
        segmenter.set_image("a", IMAGES[name])
    assert segmenter.encoder_passes == 2


def test_a_point_with_x_and_y_exchanged_is_another_prompt(tiny_sam: Sam) -> None:
    segmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(0))
    segmenter.set_image("a", IMAGES["a"])
    transposed = replace(POINT, points=POINT.points[:, ::-1].copy())
    here = segmenter.predict(POINT, multimask=False).low_logits
    there = segmenter.predict(transposed, multimask=False).low_logits
    assert np.abs(here - there).max() > 0.01


@pytest.mark.parametrize("box", [(7, 3, 8, 4), (0, 0, 1, 1), (95, 59, 96, 60)])
def test_a_box_of_one_pixel_is_a_prompt_like_others(tiny_sam: Sam, box: tuple[int, ...]) -> None:
    segmenter = SamSegmenter(tiny_sam, MemoryEmbeddings(0))
    segmenter.set_image("a", IMAGES["a"])
    prompt = Prompt(
        points=np.zeros((0, 2), np.float32), point_labels=np.zeros(0, np.int32), box=np.float32(box)
    )
    candidates = segmenter.predict(prompt, multimask=False)
    assert candidates.masks.shape == (1, 60, 96)
    assert np.isfinite(candidates.low_logits).all()


def test_prompts_need_an_image(tiny_sam: Sam) -> None:
    with pytest.raises(RuntimeError, match="set_image"):
        SamSegmenter(tiny_sam, MemoryEmbeddings(0)).predict(POINT, multimask=True)


def test_embeddings_of_different_weights_are_kept_apart(tiny_sam: Sam, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_sam(
            tmp_path / name,
            arrays_of(tiny_sam),
            SamCard(variant="tiny", source=name, sha256=name * 30, config=REDUCED),
        )
        segmenter = open_sam(
            weights=tmp_path / name,
            budget=10**6,
            embeddings_folder=tmp_path / "shared",
            automatic=AUTOMATIC,
        )
        segmenter.set_image("a", IMAGES["a"])
        assert segmenter.encoder_passes == 1
    again = open_sam(
        weights=tmp_path / "one",
        budget=10**6,
        embeddings_folder=tmp_path / "shared",
        automatic=AUTOMATIC,
    )
    again.set_image("a", IMAGES["a"])
    assert again.encoder_passes == 0
