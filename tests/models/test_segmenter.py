"""The segmentation network (method 12.2)."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.models.files.segmenter import joins
from pass_ops.models.segmenter import Join, Segmenter

IMAGES = np.random.default_rng(0).normal(size=(8, 3, 32, 32)).astype(np.float32)


def test_the_segmenter_has_a_logit_map_per_class_at_the_output_stride(
    tiny_network: NetworkConfig,
) -> None:
    network = Segmenter(tiny_network, 7)
    assert tuple(network(jt.array(IMAGES)).shape) == (8, 7, 2, 2)
    shapes = {
        name: tuple(value.shape)
        for name, value in network.head.named_parameters()
        if "running" not in name
    }
    assert shapes["conv1.0.weight"] == (128, 32, 3, 3)
    assert shapes["conv2.0.weight"] == (128, 128, 3, 3)
    assert shapes["conv3.0.weight"] == (128, 160, 3, 3)
    assert shapes["classifier.weight"] == (7, 128, 1, 1)
    assert shapes["classifier.bias"] == (7,)
    assert not [name for name in shapes if name.endswith("0.bias")]


@pytest.mark.parametrize(("skips", "sides"), [(1, (4, 4)), (2, (8, 8))])
def test_earlier_stages_join_on_their_own_grid(
    tiny_network: NetworkConfig, skips: int, sides: tuple[int, int]
) -> None:
    network = Segmenter(tiny_network, 7, skips)
    assert tuple(network(jt.array(IMAGES)).shape) == (8, 7, *sides)
    names = {name: tuple(value.shape) for name, value in network.head.named_parameters()}
    assert joins({f"head.{name}" for name in names}) == skips
    assert names["joins.0.narrow.0.weight"] == (32, 8, 1, 1)
    assert names["joins.0.fuse.0.weight"] == (64, 160, 3, 3)
    if skips == 2:
        assert names["joins.1.narrow.0.weight"] == (32, 4, 1, 1)
        assert names["joins.1.fuse.0.weight"] == (64, 96, 3, 3)
    assert names["classifier.weight"] == (7, 64, 1, 1)


def test_a_join_moves_no_feature() -> None:
    """Features at the left stay at the left, whatever the sizes of both grids."""
    join = Join(1, 1)
    join.eval()
    for module in (join.narrow, join.fuse):
        module[0].weight.update(jt.zeros_like(module[0].weight))
    weight = np.zeros((64, 33, 3, 3), np.float32)
    weight[0, 0, 1, 1] = 1
    join.fuse[0].weight.update(jt.array(weight))
    ramp = np.tile(np.arange(4, dtype=np.float32), (1, 1, 3, 1))
    out = to_numpy(join(jt.array(ramp), jt.zeros((1, 1, 5, 8))))[0, 0]
    wanted = np.clip((np.arange(8) + 0.5) / 2 - 0.5, 0, 3)
    np.testing.assert_allclose(out, np.tile(wanted, (5, 1)), atol=1e-4)
