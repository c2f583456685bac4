"""Crops of an image together with its labels."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.data.transforms.joint import joint_crop

HEIGHT, WIDTH = 40, 60


def coloured(labels: np.ndarray) -> np.ndarray:
    """An image that shows its labels: 60 grey levels for each id."""
    return np.repeat((labels * 60).astype(np.uint8)[:, :, None], 3, axis=2)


def quadrants() -> np.ndarray:
    """Four ids, all mirror images of which differ."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    return (2 * (y >= HEIGHT // 3) + (x >= WIDTH // 4)).astype(np.int32)


@pytest.mark.parametrize("seed", range(20))
def test_image_and_labels_show_the_same_place(seed: int) -> None:
    labels = quadrants()
    view, target = joint_crop(
        image=coloured(labels),
        labels=labels,
        side=32,
        scale=(0.2, 1),
        rng=np.random.default_rng(seed),
    )
    assert view.shape == (32, 32, 3)
    assert target.shape == (32, 32)
    assert target.dtype == np.int32
    # They may differ along the borders only, where the image is interpolated.
    assert (np.rint(view[:, :, 0] / 60) == target).mean() > 0.93


def test_both_are_mirrored_half_the_time() -> None:
    labels = quadrants()
    targets = [
        joint_crop(
            image=coloured(labels),
            labels=labels,
            side=32,
            scale=(1, 1),
            rng=np.random.default_rng(seed),
        )[1]
        for seed in range(200)
    ]
    # The mirror image has the quadrant of id 1 in its top left corner.
    share = np.mean([target[0, 0] == 1 for target in targets])
    assert share == pytest.approx(0.5, abs=0.1)


def test_labels_of_another_size_are_brought_to_the_images() -> None:
    labels = quadrants()
    small, full = (
        joint_crop(
            image=coloured(labels),
            labels=target,
            side=32,
            scale=(0.2, 1),
            rng=np.random.default_rng(1),
        )[1]
        for target in (labels[::2, ::2], labels)
    )
    assert (small == full).mean() > 0.93


def test_no_label_is_invented() -> None:
    labels = np.where(quadrants() == 3, 919, 0).astype(np.int32)
    target = joint_crop(
        image=coloured(quadrants()),
        labels=labels,
        side=50,
        scale=(0.5, 1),
        rng=np.random.default_rng(2),
    )[1]
    assert set(np.unique(target)) == {0, 919}


def test_the_seed_fixes_a_crop() -> None:
    labels = quadrants()
    first, again = (
        joint_crop(
            image=coloured(labels),
            labels=labels,
            side=16,
            scale=(0.1, 1),
            rng=np.random.default_rng(4),
        )
        for _ in range(2)
    )
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
