"""Batches of views."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pass_ops.config.parts.views import ViewsConfig
from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.representation.batches import ViewBatch, view_batches, view_loader
from pass_ops.representation.overlap import overlaps

MULTI = ViewsConfig(
    crops=(2, 3), sizes=(32, 16), min_scale=(0.02, 0.05), max_scale=(0.2, 0.14), grid=3
)


@pytest.fixture
def config(tiny_pretrain: PretrainConfig) -> PretrainConfig:
    return dataclasses.replace(tiny_pretrain, views=MULTI)


def epoch_of(images: Images, config: PretrainConfig, epoch: int = 0) -> list[ViewBatch]:
    with view_loader(images, config) as loader:
        return list(view_batches(loader=loader, count=len(images), config=config, epoch=epoch))


def test_views_are_grouped_by_resolution_view_after_view(
    training_images: Images, config: PretrainConfig
) -> None:
    batches = epoch_of(training_images, config)
    assert len(batches) == 3
    for batch in batches:
        assert [group.shape for group in batch.groups] == [(16, 3, 32, 32), (24, 3, 16, 16)]
        assert {group.dtype for group in batch.groups} == {np.dtype(np.float32)}
        assert batch.grids.shape == (16, 3, 3, 2)
        assert [overlaps(grid) for grid in batch.grids] == list(batch.paired) * 2
    # Small crops of the image: some pairs overlap, others do not.
    paired = np.concatenate([batch.paired for batch in batches])
    assert 0 < paired.sum() < len(paired)


def test_a_row_of_every_view_shows_one_image(
    training_images: Images, config: PretrainConfig
) -> None:
    plain = dict.fromkeys(
        ("flip_probability", "jitter_probability", "grayscale_probability", "blur_probability"), 0
    )
    whole = ViewsConfig(
        crops=(2, 1), sizes=(16, 16), min_scale=(0.95, 0.95), max_scale=(1, 1), grid=3, **plain
    )
    batch = epoch_of(training_images, dataclasses.replace(config, views=whole))[0]
    first, second, third = batch.groups[0][:8], batch.groups[0][8:], batch.groups[1]
    distances = np.abs(first[:, None] - np.concatenate([second, third])[None]).mean((2, 3, 4))
    np.testing.assert_array_equal(distances[:, :8].argmin(axis=1), np.arange(8))
    np.testing.assert_array_equal(distances[:, 8:].argmin(axis=1), np.arange(8))


@pytest.mark.usefixtures("processes")
def test_batches_are_the_same_by_processes(training_images: Images, config: PretrainConfig) -> None:
    with view_loader(training_images, dataclasses.replace(config, workers=3)) as loader:
        for epoch in range(2):
            threads = epoch_of(training_images, dataclasses.replace(config, workers=1), epoch)
            batches = view_batches(
                loader=loader, count=len(training_images), config=config, epoch=epoch
            )
            for mine, theirs in zip(threads, batches, strict=True):
                for first, second in zip(
                    (*mine.groups, mine.grids, mine.paired),
                    (*theirs.groups, theirs.grids, theirs.paired),
                    strict=True,
                ):
                    np.testing.assert_array_equal(first, second)


def test_batches_repeat_whatever_the_number_of_threads(
    training_images: Images, config: PretrainConfig
) -> None:
    once = epoch_of(training_images, config)
    again = epoch_of(training_images, dataclasses.replace(config, workers=1))
    for first, second in zip(once, again, strict=True):
        for mine, theirs in zip(
            (*first.groups, first.grids), (*second.groups, second.grids), strict=True
        ):
            np.testing.assert_array_equal(mine, theirs)
    assert (epoch_of(training_images, config, epoch=1)[0].groups[0] != once[0].groups[0]).any()


def test_the_std_typo_is_in_reference_alone(
    training_images: Images, config: PretrainConfig
) -> None:
    fixed = epoch_of(training_images, config)[0].groups[0]
    reference = epoch_of(training_images, dataclasses.replace(config, compat="reference"))[
        0
    ].groups[0]
    np.testing.assert_allclose(reference[:, 0], fixed[:, 0] * 0.229 / 0.228, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(reference[:, 1:], fixed[:, 1:])
