"""The segmenter without weights: saliency, GrabCut, colour regions (method 16.8)."""

from __future__ import annotations

import pickle

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.pseudo_labels.candidates import iou
from pass_ops.pseudo_labels.targets import prompt_of
from pass_ops.sam.classical.saliency import saliency
from pass_ops.sam.classical.segmenter import ClassicalSegmenter
from pass_ops.sam.classical.separability import separability
from pass_ops.sam.frame import from_frame, to_frame
from pass_ops.sam.interface import Prompt

Scene = tuple[NDArray[np.uint8], NDArray[np.bool_], NDArray[np.bool_]]


def disc(*, height: int, width: int, x: int, y: int, radius: int) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[:height, :width]
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 < radius**2)


@pytest.fixture(scope="module")
def scene() -> Scene:
    """A noisy green [90, 140] with a red disc and a blue one."""
    rng = np.random.default_rng(0)
    red, blue = (
        disc(height=90, width=140, x=45, y=40, radius=24),
        disc(height=90, width=140, x=110, y=50, radius=16),
    )
    rgb = np.full((90, 140, 3), (60, 140, 70))
    rgb[red], rgb[blue] = (190, 50, 50), (50, 60, 200)
    return np.clip(rgb + rng.normal(0, 12, rgb.shape), 0, 255).astype(np.uint8), red, blue


def test_saliency_is_high_on_objects_and_low_on_background(scene: Scene) -> None:
    rgb, red, blue = scene
    values = saliency(rgb)
    assert values.dtype == np.float32
    assert 0 <= values.min() <= values.max() <= 1
    assert values[red].mean() > values[~(red | blue)].mean() + 0.5


@pytest.mark.parametrize("shape", [(1, 1), (3, 40), (8, 8), (9, 200)])
def test_images_too_small_or_plain_say_nothing(shape: tuple[int, int]) -> None:
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", np.full((*shape, 3), 90, np.uint8))
    found = segmenter.predict(prompt_of((0, 0, 1, 1), (0, 0)), True)
    assert found.masks.shape == (3, *shape)
    assert np.isfinite(found.scores).all()
    segmenter.everything()


def test_a_box_decides_which_object_is_meant(scene: Scene) -> None:
    rgb, red, blue = scene
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", rgb)
    for wanted, box in ((red, (15, 10, 75, 70)), (blue, (88, 28, 132, 72))):
        found = segmenter.predict(prompt_of(box, None), False)
        assert found.masks.shape == (1, 90, 140)
        assert found.masks.dtype == np.bool_
        assert found.low_logits.shape == (1, 256, 256)
        assert iou(found.masks[0], wanted) > 0.85
        assert 0.5 < found.scores[0] <= 1


def test_points_are_in_and_out(scene: Scene) -> None:
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", scene[0])
    points = np.array([[45, 40], [110, 50]], np.float32)
    mask = segmenter.predict(
        Prompt(points=points, point_labels=np.array([1, 0], np.int32)), False
    ).masks[0]
    assert mask[40, 45]
    assert not mask[50, 110]


def test_logits_of_a_first_pass_steer_the_second(scene: Scene) -> None:
    rgb, red, _ = scene
    segmenter = ClassicalSegmenter()
    segmenter.set_image("a", rgb)
    logits = to_frame(np.where(red, 10, -10).astype(np.float32))
    both = Prompt(points=np.zeros((0, 2), np.float32), point_labels=np.zeros(0, np.int32))
    steered = segmenter.predict(
        Prompt(points=both.points, point_labels=both.point_labels, box=None, mask_logits=logits),
        False,
    ).masks[0]
    assert iou(steered, red) > max(0.8, iou(segmenter.predict(both, False).masks[0], red) - 1e-9)


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
    for wanted in (red, blue):
        assert max(iou(region.mask, wanted) for region in regions) > 0.85
    qualities = [region.score * region.stability for region in regions]
    assert qualities == sorted(qualities, reverse=True)
    for region in regions:
        x_min, y_min, x_max, y_max = region.box
        assert region.mask[y_min:y_max, x_min:x_max].sum() == region.mask.sum()
        assert 0 <= region.score <= 1
        assert 0 <= region.stability <= 1


def test_separability_of_equal_and_different_colours() -> None:
    mask = disc(height=40, width=60, x=30, y=20, radius=8)
    rgb = np.where(mask[..., None], np.uint8([200, 10, 10]), np.uint8([10, 10, 200]))
    assert separability(rgb, mask) == 1
    assert separability(np.full_like(rgb, 80), mask) == 0
    # About half of this one is background, all of what is around it: 1 − √(1/2).
    assert separability(rgb, disc(height=40, width=60, x=30, y=20, radius=11)) == pytest.approx(
        0.29, abs=0.05
    )
    assert separability(rgb, np.zeros_like(mask)) == separability(rgb, np.ones_like(mask)) == 0


@pytest.mark.parametrize("shape", [(60, 90), (300, 200), (256, 256)])
def test_the_frame_of_logits_keeps_the_outline(shape: tuple[int, int]) -> None:
    mask = disc(*shape, shape[1] // 2, shape[0] // 3, 20)
    framed = to_frame(np.where(mask, 5, -5).astype(np.float32))
    assert framed.shape == (256, 256)
    assert iou(from_frame(framed, *shape) > 0, mask) > 0.93
