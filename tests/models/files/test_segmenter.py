"""What the names of a segmenter's weights tell of its head."""

from __future__ import annotations

import pytest

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.models.files.segmenter import joins
from tests.export.networks import drawn_segmenter


@pytest.mark.parametrize("skips", [0, 1, 2])
def test_the_stages_that_join_are_counted(skips: int) -> None:
    arrays, _ = drawn_segmenter(NetworkConfig(arch="resnet10", width=4), 3, skips)
    assert joins(arrays) == skips
