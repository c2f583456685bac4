"""Random views and their geometry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pass_ops.config.parts.views import ViewsConfig
from pass_ops.data.transforms.views import Crop, random_crop, random_view

PLAIN = {
    "flip_probability": 0,
    "jitter_probability": 0,
    "grayscale_probability": 0,
    "blur_probability": 0,
}


def photograph(width: int = 60, height: int = 40) -> Image.Image:
    """Smooth, coloured, and different under mirroring.

    Args:
        width, height: in pixels.
    """
    y, x = np.mgrid[:height, :width]
    channels = (x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height))
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))


@given(
    st.integers(20, 200),
    st.integers(20, 200),
    st.integers(0, 2**32),
    st.sampled_from([(0.08, 1.0), (0.05, 0.14)]),
)
def test_a_crop_lies_inside_the_image_within_the_limits_of_area_and_aspect(
    width: int, height: int, seed: int, scale: tuple[float, float]
) -> None:
    left, top, w, h = random_crop(np.random.default_rng(seed), (width, height), scale)
    assert 0 <= left <= left + w <= width
    assert 0 <= top <= top + h <= height
    # Rounding moves each side by half a pixel at most. Images longer than 4 : 3 may need the
    # fallback, of any area.
    assert (w - 0.5) / (h + 0.5) <= 4 / 3
    assert (w + 0.5) / (h - 0.5) >= 3 / 4
    if 3 / 4 < width / height < 4 / 3:
        assert (w - 0.5) * (h - 0.5) <= scale[1] * width * height
        assert (w + 0.5) * (h + 0.5) >= scale[0] * width * height


def test_the_area_is_uniform_and_the_logarithm_of_the_aspect_centred() -> None:
    rng = np.random.default_rng(0)
    boxes = np.array([random_crop(rng, (1000, 1000), (0.1, 0.5))[2:] for _ in range(4000)])
    areas = boxes.prod(axis=1) / 1e6
    assert np.quantile(areas, [0.25, 0.5, 0.75]) == pytest.approx([0.2, 0.3, 0.4], abs=0.015)
    assert np.log(boxes[:, 0] / boxes[:, 1]).mean() == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    ("size", "box"), [((300, 9), (144, 0, 12, 9)), ((9, 300), (0, 144, 9, 12))]
)
def test_where_no_draw_fits_the_crop_is_the_largest_central_one(
    size: tuple[int, int], box: tuple[int, ...]
) -> None:
    assert random_crop(np.random.default_rng(0), size, (1.0, 1.0)) == box


def test_a_view_shows_its_crop() -> None:
    image = photograph()
    view, crop = random_view(
        image=image,
        size=16,
        scale=(0.2, 0.5),
        config=ViewsConfig(**PLAIN),
        rng=np.random.default_rng(3),
    )
    assert not crop.flipped
    # Red grows by 255 / 60 a column, green by 255 / 40 a row: the view's centre has the colour of
    # the crop's.
    centre_x, centre_y = crop.left + crop.width / 2 - 0.5, crop.top + crop.height / 2 - 0.5
    assert view[:, :, 0].mean() == pytest.approx(centre_x * 255 / 60, abs=2)
    assert view[:, :, 1].mean() == pytest.approx(centre_y * 255 / 40, abs=2)


def test_a_flipped_view_is_the_mirror_image_and_says_so() -> None:
    image = photograph()
    plain, crop = random_view(
        image=image,
        size=16,
        scale=(0.2, 0.5),
        config=ViewsConfig(**PLAIN),
        rng=np.random.default_rng(3),
    )
    flipped, mirrored = random_view(
        image=image,
        size=16,
        scale=(0.2, 0.5),
        config=ViewsConfig(**{**PLAIN, "flip_probability": 1}),
        rng=np.random.default_rng(3),
    )
    np.testing.assert_array_equal(flipped, plain[:, ::-1])
    assert mirrored == Crop(
        left=crop.left, top=crop.top, width=crop.width, height=crop.height, flipped=True
    )


def test_the_seed_fixes_a_view() -> None:
    first, second, other = (
        random_view(
            image=photograph(),
            size=16,
            scale=(0.08, 1),
            config=ViewsConfig(),
            rng=np.random.default_rng(seed),
        )[0]
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_a_grey_view_has_equal_channels() -> None:
    config = ViewsConfig(**{**PLAIN, "grayscale_probability": 1})
    view, _ = random_view(
        image=photograph(), size=16, scale=(0.5, 1), config=config, rng=np.random.default_rng(0)
    )
    assert (view == view[:, :, :1]).all()
    assert view.std() > 1


def test_a_solarised_view_has_no_bright_values() -> None:
    views = [
        random_view(
            image=photograph(),
            size=16,
            scale=(0.5, 1),
            config=ViewsConfig(**{**PLAIN, "solarise_probability": probability}),
            rng=np.random.default_rng(0),
        )[0]
        for probability in (0, 1)
    ]
    assert views[0].max() > 200
    np.testing.assert_array_equal(views[1], np.minimum(views[0], 255 - views[0]))


def test_blur_smooths_within_the_limits_of_its_radius() -> None:
    noise = Image.fromarray(
        np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8)
    )
    deviations = []
    for radius in (0.1, 1.0, 2.0):
        config = ViewsConfig(**{**PLAIN, "blur_probability": 1, "blur_radius": (radius, radius)})
        view, _ = random_view(
            image=noise, size=64, scale=(1, 1), config=config, rng=np.random.default_rng(0)
        )
        deviations.append(view.std())
    assert deviations[0] > 2 * deviations[1] > 2 * deviations[2]


def test_jitter_without_strength_changes_next_to_nothing() -> None:
    none = {"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0}
    jittered, plain = (
        random_view(
            image=photograph(),
            size=16,
            scale=(1, 1),
            config=ViewsConfig(**{**PLAIN, "jitter_probability": on, **none}),
            rng=np.random.default_rng(0),
        )[0].astype(int)
        for on in (1, 0)
    )
    # The way through HSV and back rounds.
    assert np.abs(jittered - plain).max() <= 6
