"""What a network sees of an image, made by whoever reads it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.data.images import Images
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_image
from pass_ops.data.transforms.scales import ReadScaled, ReadScaledBothWays, ScaledImage, Scales
from pass_ops.engine.loading.ahead import ahead

FIXED = Scales((48, 32), "fixed")


def image() -> NDArray[np.uint8]:
    return np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8)


def assert_equal(found: ScaledImage, expected: ScaledImage) -> None:
    assert found.size == expected.size
    for one, other in zip(found.scales, expected.scales, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("compat", "shapes"), [("fixed", [(48, 72), (32, 48)]), ("reference", [(48, 48), (32, 32)])]
)
def test_each_scale_is_resized_from_the_image_and_normalised(
    compat: str, shapes: list[tuple[int, int]]
) -> None:
    scaled = Scales((48, 32), compat)(image())
    assert scaled.size == (40, 60)
    assert [pixels.shape for pixels in scaled.scales] == [(1, 3, *shape) for shape in shapes]
    for side, pixels in zip((48, 32), scaled.scales, strict=True):
        assert pixels.dtype == np.float32
        np.testing.assert_array_equal(pixels, normalise([resize_image(image(), side, compat)]))


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize("workers", [1, 2])
def test_processes_make_the_same_as_threads(training_images: Images, workers: int) -> None:
    keys = training_images.keys[:5]
    read = ReadScaled(training_images, FIXED)
    found = list(ahead(work=read, items=keys, workers=workers, name=training_images.name))
    assert [key for key, _ in found] == list(keys)
    for key, scaled in found:
        assert_equal(scaled, FIXED(training_images.image(key)))


def test_both_ways_are_the_image_and_its_mirror_image(training_images: Images) -> None:
    key = training_images.keys[0]
    plain, mirrored = ReadScaledBothWays(training_images, FIXED)(key)
    assert_equal(plain, FIXED(training_images.image(key)))
    assert_equal(mirrored, FIXED(training_images.image(key)[:, ::-1].copy()))
    assert (plain.scales[0] != mirrored.scales[0]).any()
