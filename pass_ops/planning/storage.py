"""How large each artifact of the training pipeline is, and of how many objects in S3."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from pass_ops import paths
from pass_ops.data.shards import SHARD_BYTES
from pass_ops.graph.recorder import Task
from pass_ops.planning import costs
from pass_ops.planning.scope import Scope
from pass_ops.pseudo_labels.attention_maps import MAPS_PER_SHARD

SMALL = 10**6
"""Bytes of whatever does not grow with the images: settings, curves, pages."""


def artifacts_of(scope: Scope, task: Task) -> dict[str, tuple[float, int]]:
    """Bytes and objects of each output of a task, by its path in the graph.

    Args:
        scope: what is planned for.
        task: of the graph.
    """
    sizes = {}
    for port in task.declaration.outputs:
        size = _size(port.kind)(scope, task)
        pieces = ceil(size / SHARD_BYTES)
        if port.kind is paths.AttentionMapsPath:
            pieces = ceil(scope.images(task) / MAPS_PER_SHARD)
        # A folder has a manifest or card, and what it holds beside.
        others = 0 if paths.suffix_of(port.kind) else 2
        sizes[str(task.values[port.name])] = size, pieces + others
    return sizes


def _size(kind: Any) -> Callable[[Scope, Task], float]:
    """The rule for a kind of artifact, or for the kind that it is derived from."""
    while kind not in _SIZES and hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return _SIZES.get(kind, lambda *_: SMALL)


def _weights(scope: Scope, _: Task) -> float:
    network = scope.settings.pretrain.network
    return costs.WEIGHT_BYTES[network.arch] * (network.width / 64) ** 2


def _classifiers(scope: Scope, task: Task) -> float:
    return _weights(scope, task) * scope.config(task).ensemble_epochs


def _segmenters(scope: Scope, task: Task) -> float:
    return _weights(scope, task) * scope.settings.train_segmenter.checkpoints


def _attention(scope: Scope, task: Task) -> float:
    """A byte for each position of the features, which are enlarged four times, and distances."""
    config = scope.config(task)
    side = 4 * config.resize * max(config.scales) / scope.settings.pretrain.network.output_stride
    return scope.images(task) * (side**2 * 4 / 3 + 4 * scope.categories)


def _regions(scope: Scope, task: Task) -> float:
    """A line for each image where none are made."""
    if not scope.config(task).enabled:
        return scope.images(task) * costs.TABLE_BYTES
    return _maps(costs.REGION_BYTES)(scope, task)


def _maps(bytes_of_megapixel: float) -> Callable[[Scope, Task], float]:
    return lambda scope, task: scope.images(task) * costs.MEGAPIXELS * bytes_of_megapixel


_SIZES: Mapping[Any, Callable[[Scope, Task], float]] = {
    paths.ClassifierCheckpointsPath: _classifiers,
    paths.SegmenterCheckpointsPath: _segmenters,
    paths.WeightsPath: _weights,
    paths.SegmenterWeightsPath: _weights,
    paths.FeaturesPath: lambda scope, task: (
        4.0 * scope.images(task) * scope.settings.pretrain.network.descriptor_length
    ),
    paths.ImageLabelsPath: lambda scope, task: scope.images(task) * costs.TABLE_BYTES,
    paths.PromptsPath: lambda scope, task: scope.images(task) * costs.TABLE_BYTES,
    paths.LabelMapsPath: _maps(costs.LABEL_MAP_BYTES),
    paths.AttentionMapsPath: _attention,
    paths.RegionsPath: _regions,
}
