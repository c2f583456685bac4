"""Colours and sharpness of views, beside what Pillow does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.decode import decode_image
from pass_ops.data.transforms.colours import (
    Rgb,
    blur,
    brighten,
    change_contrast,
    grey,
    jitter,
    rotate_hue,
    saturate,
    solarise,
)
from pass_ops.data.transforms.resize import resize_image

FACTORS = (0.2, 0.7, 1.0, 1.3, 1.8)
Change = Callable[[Rgb, float], Rgb]


@pytest.fixture(scope="module")
def photographs(synthetic_data: Path) -> list[Rgb]:
    """Twelve images, 96 pixels wide."""
    paths = sorted(synthetic_data.glob("train/*/*"))[::2]
    return [
        resize_image(decode_image(path.read_bytes(), path.name), 96, "reference") for path in paths
    ]


def enhanced(kind: type) -> Change:
    """One of Pillow's enhancers."""
    return lambda view, factor: np.asarray(kind(Image.fromarray(view)).enhance(factor))


def pillow_hue(view: Rgb, turn: float) -> Rgb:
    """Pillow's circle has 255 steps, of which 256 are counted."""
    hue, saturation, value = Image.fromarray(view).convert("HSV").split()
    steps = (np.asarray(hue).astype(np.int32) + round(turn * 255)) % 256
    merged = (Image.fromarray(steps.astype(np.uint8)), saturation, value)
    return np.asarray(Image.merge("HSV", merged).convert("RGB"))


def pillow_blur(view: Rgb, radius: float) -> Rgb:
    """Three box blurs, which come near a Gaussian."""
    return np.asarray(Image.fromarray(view).filter(ImageFilter.GaussianBlur(radius)))


def differences(
    ours: Change, theirs: Change, images: list[Rgb], amounts: tuple[float, ...]
) -> Iterator[NDArray[np.int64]]:
    """How far each value of each image is off, by each amount."""
    for image in images:
        for amount in amounts:
            yield np.abs(ours(image, amount).astype(int) - theirs(image, amount).astype(int))


@pytest.mark.parametrize(
    ("ours", "theirs", "most"),
    [
        (brighten, enhanced(ImageEnhance.Brightness), 1),
        # The mean of all greys is rounded to either side.
        (change_contrast, enhanced(ImageEnhance.Contrast), 2),
        # So is each pixel's grey, by one step, of which the change takes 0.8.
        (saturate, enhanced(ImageEnhance.Color), 2),
    ],
)
def test_the_change_is_pillows_up_to_rounding(
    photographs: list[Rgb], ours: Change, theirs: Change, most: int
) -> None:
    for off in differences(ours, theirs, photographs, FACTORS):
        assert off.max() <= most


def test_grey_is_pillows_up_to_rounding(photographs: list[Rgb]) -> None:
    for view in photographs:
        pillow = np.asarray(Image.fromarray(view).convert("L").convert("RGB"))
        assert np.abs(grey(view).astype(int) - pillow.astype(int)).max() <= 1


def test_hue_is_pillows_up_to_the_steps_of_its_circle(photographs: list[Rgb]) -> None:
    for off in differences(rotate_hue, pillow_hue, photographs, (-0.2, -0.05, 0.0, 0.1, 0.2)):
        assert off.mean() < 1.5
        assert np.quantile(off, 0.99) <= 8


def test_blur_is_pillows_up_to_its_approximation(photographs: list[Rgb]) -> None:
    for off in differences(blur, pillow_blur, photographs, (0.1, 0.5, 1.0, 1.5, 2.0)):
        assert off.mean() < 1.0
        assert np.quantile(off, 0.99) <= 8


def test_jittered_views_have_the_distribution_of_pillows(photographs: list[Rgb]) -> None:
    """The same random numbers give the same view, within what single changes differ by."""
    config, changes = ViewsConfig(), (ImageEnhance.Brightness, ImageEnhance.Contrast)

    def pillow(view: Rgb, rng: np.random.Generator) -> Rgb:
        for change in rng.permutation(4):
            if change == 3:
                view = pillow_hue(view, rng.uniform(-config.hue, config.hue))
            else:
                kind = (*changes, ImageEnhance.Color)[change]
                view = enhanced(kind)(view, rng.uniform(0.2, 1.8))
        return view

    ours, theirs = (
        np.stack([change(view, seed) for view in photographs for seed in range(20)]).astype(float)
        for change in (
            lambda view, seed: jitter(view, config, np.random.default_rng(seed)),
            lambda view, seed: pillow(view, np.random.default_rng(seed)),
        )
    )
    assert np.abs(ours - theirs).mean() < 2
    # Each of the four changes is rounded here, cut off there: half a step each.
    higher = ours.mean((0, 1, 2)) - theirs.mean((0, 1, 2))
    assert 0.5 < higher.min() < higher.max() < 2
    assert ours.std((0, 1, 2)) == pytest.approx(theirs.std((0, 1, 2)), abs=1)
    levels = np.linspace(0, 1, 21)
    assert np.quantile(ours, levels) == pytest.approx(np.quantile(theirs, levels), abs=3)


def test_a_third_of_the_hue_circle_turns_red_to_green() -> None:
    red = np.full((4, 4, 3), (255, 0, 0), np.uint8)
    # The hue has 256 steps, of which a third is no whole number.
    assert rotate_hue(red, 1 / 3)[0, 0] == pytest.approx((0, 255, 0), abs=6)
    assert rotate_hue(red, -1 / 3)[0, 0] == pytest.approx((0, 0, 255), abs=6)
    np.testing.assert_array_equal(rotate_hue(red, 0), red)
    np.testing.assert_array_equal(rotate_hue(red, 1), red)


# Jittor, where it is imported, has the processor take subnormal numbers for 0.
@given(st.integers(0, 2**32), st.floats(0, 2, allow_subnormal=False))
def test_without_contrast_or_saturation_one_value_is_left(seed: int, factor: float) -> None:
    view = np.random.default_rng(seed).integers(256, size=(9, 7, 3), dtype=np.uint8)
    assert np.ptp(change_contrast(view, 0)) == 0
    np.testing.assert_array_equal(saturate(view, 0), grey(view))
    for change in (brighten, change_contrast, saturate):
        np.testing.assert_array_equal(change(view, 1), view)
        assert change(view, factor).dtype == np.uint8
    assert brighten(view, 0).max() == 0


def test_solarising_is_what_pillow_does(photographs: list[Rgb]) -> None:
    for view in photographs:
        expected = np.asarray(ImageOps.solarize(Image.fromarray(view), 128))
        np.testing.assert_array_equal(solarise(view), expected)
