"""The segmenter without weights (method 16.8)."""

from __future__ import annotations

import pickle
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pass_ops.pseudo_labels.prompts.candidates import iou
from pass_ops.pseudo_labels.prompts.targets import prompt_of
from pass_ops.sam.classical.segmenter import ClassicalSegmenter
from pass_ops.sam.interface import Prompt
from pass_ops.sam.low_logits import to_low_logits
from tests.sam.scenes import Scene


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (8, 8), (9, 200)])
def test_images_too_small_or_plain_say_nothing(shape: tuple[int, int]) -> None:
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", np.full((*shape, 3), 90, np.uint8))
    candidates = segmenter.predict(prompt_of((0, 0, 1, 1), (0, 0)), True)
    assert candidates.masks.shape == (3, *shape)
    assert np.isfinite(candidates.scores).all()
    segmenter.everything()


def test_a_box_decides_which_object_is_meant(scene: Scene) -> None:
    rgb, red, blue = scene
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", rgb)
    for target, box in ((red, (15, 10, 75, 70)), (blue, (88, 28, 132, 72))):
        candidates = segmenter.predict(prompt_of(box, None), False)
        assert candidates.masks.shape == (1, 90, 140)
        assert candidates.masks.dtype == np.bool_
        assert candidates.low_logits.shape == (1, 256, 256)
        assert iou(candidates.masks[0], target) > 0.85
        assert 0.5 < candidates.scores[0] <= 1


def test_points_are_in_and_out(scene: Scene) -> None:
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", scene[0])
    prompt = Prompt(
        points=np.array([[45, 40], [110, 50]], np.float32), point_labels=np.array([1, 0], np.int32)
    )
    mask = segmenter.predict(prompt, False).masks[0]
    assert mask[40, 45]
    assert not mask[50, 110]


def test_logits_of_a_first_pass_steer_the_second(scene: Scene) -> None:
    rgb, red, _ = scene
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", rgb)
    logits = to_low_logits(np.where(red, 10, -10).astype(np.float32))
    nothing = Prompt(points=np.zeros((0, 2), np.float32), point_labels=np.zeros(0, np.int32))
    mask = segmenter.predict(nothing, False).masks[0]
    second = segmenter.predict(replace(nothing, mask_logits=logits), False).masks[0]
    assert iou(second, red) > max(0.8, iou(mask, red) - 1e-9)


def test_the_same_key_gives_the_same_masks_in_another_process_state(scene: Scene) -> None:
    first, second = ClassicalSegmenter(), pickle.loads(pickle.dumps(ClassicalSegmenter()))
    first.set_image("a", scene[0])
    before = first.predict(prompt_of((15, 10, 75, 70), None), True)
    cv2.setRNGSeed(99)
    second.set_image("a", scene[0])
    after = second.predict(prompt_of((15, 10, 75, 70), None), True)
    np.testing.assert_array_equal(before.masks, after.masks)
    np.testing.assert_array_equal(before.scores, after.scores)


def test_everything_holds_the_objects_best_first(scene: Scene) -> None:
    rgb, red, blue = scene
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", rgb)
    regions = segmenter.everything()
    for target in (red, blue):
        assert max(iou(region.mask, target) for region in regions) > 0.85
    qualities = [region.score * region.stability for region in regions]
    assert qualities == sorted(qualities, reverse=True)
    for region in regions:
        x_min, y_min, x_max, y_max = region.box
        assert region.mask[y_min:y_max, x_min:x_max].sum() == region.mask.sum()
        assert 0 <= region.score <= 1
        assert 0 <= region.stability <= 1
