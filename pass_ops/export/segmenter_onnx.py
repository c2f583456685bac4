"""A segmenter as an ONNX model: the network's layers, walked in the order in which they run."""

from __future__ import annotations

from functools import singledispatchmethod
from typing import Any

import onnx

from pass_ops.engine.jittor import nn
from pass_ops.export.onnx_graph import INPUT, OnnxGraph
from pass_ops.models.resnet import BasicBlock, Bottleneck, ResNet
from pass_ops.models.segmenter import FcnHead, Segmenter
from pass_ops.models.weights import arrays_of


def segmenter_onnx(network: Segmenter, classes: int) -> onnx.ModelProto:
    """The ONNX model of a segmenter in evaluation mode: images [N, 3, H, W], normalised (method
    3.3), to logits [N, classes, H/s, W/s], for any N, H and W.

    Args:
        network: whose layers and weights are copied.
        classes: its outputs, background included.
    """
    walk = _Walk(network)
    return walk.graph.model(walk.of(network, INPUT), classes)


class _Walk:
    """Adds layers to a graph.

    Args:
        network: that the layers are of.
    """

    def __init__(self, network: Segmenter) -> None:
        self.graph = OnnxGraph(arrays_of(network))
        # Of each layer by its identity, as `arrays_of` begins the names of its weights.
        self._prefixes: dict[int, str] = {}
        _note_prefixes(network, "", self._prefixes)

    @singledispatchmethod
    def of(self, layer: Any, x: str) -> str:  # noqa: ARG002  `x` is for those that follow.
        """Add a layer; returns the name of its output.

        Args:
            layer: a module.
            x: name of its input.
        """
        raise TypeError(f"no ONNX for {type(layer).__name__}")

    @of.register
    def _(self, layer: Segmenter, x: str) -> str:
        return self.of(layer.head, self.of(layer.backbone, x))

    @of.register
    def _(self, layer: FcnHead, x: str) -> str:
        refined = self.of(layer.conv2, self.of(layer.conv1, x))
        both = self.graph.add("Concat", x, refined, axis=1)
        # Dropout does nothing in evaluation mode.
        return self.of(layer.classifier, self.of(layer.conv3, both))

    @of.register
    def _(self, layer: ResNet, x: str) -> str:
        x = self._relu(self.of(layer.bn1, self.of(layer.conv1, x)))
        x = self.of(layer.maxpool, x)
        for stage in (layer.layer1, layer.layer2, layer.layer3, layer.layer4):
            x = self.of(stage, x)
        return x

    @of.register
    def _(self, layer: BasicBlock, x: str) -> str:
        out = self._relu(self.of(layer.bn1, self.of(layer.conv1, x)))
        out = self.of(layer.bn2, self.of(layer.conv2, out))
        return self._relu(self.graph.add("Add", out, self.of(layer.downsample, x)))

    @of.register
    def _(self, layer: Bottleneck, x: str) -> str:
        out = self._relu(self.of(layer.bn1, self.of(layer.conv1, x)))
        out = self._relu(self.of(layer.bn2, self.of(layer.conv2, out)))
        out = self.of(layer.bn3, self.of(layer.conv3, out))
        return self._relu(self.graph.add("Add", out, self.of(layer.downsample, x)))

    @of.register
    def _(self, layer: nn.Sequential, x: str) -> str:
        for part in layer:
            x = self.of(part, x)
        return x

    @of.register
    def _(self, layer: nn.Conv, x: str) -> str:
        prefix = self._prefixes[id(layer)]
        names = ["weight"] if layer.bias is None else ["weight", "bias"]
        return self.graph.add(
            "Conv",
            x,
            *(prefix + name for name in names),
            kernel_shape=layer.kernel_size,
            strides=layer.stride,
            pads=(*layer.padding, *layer.padding),
            dilations=layer.dilation,
        )

    @of.register
    def _(self, layer: nn.BatchNorm, x: str) -> str:
        prefix = self._prefixes[id(layer)]
        names = ("weight", "bias", "running_mean", "running_var")
        return self.graph.add(
            "BatchNormalization", x, *(prefix + name for name in names), epsilon=layer.eps
        )

    @of.register
    def _(self, layer: nn.Pool, x: str) -> str:
        return self.graph.add(
            "MaxPool",
            x,
            kernel_shape=layer.kernel_size,
            strides=layer.stride,
            pads=(*layer.padding, *layer.padding),
        )

    @of.register
    def _(self, _layer: nn.ReLU, x: str) -> str:
        return self._relu(x)

    @of.register
    def _(self, _layer: nn.Identity, x: str) -> str:
        return x

    def _relu(self, x: str) -> str:
        return self.graph.add("Relu", x)


def _note_prefixes(layer: Any, prefix: str, prefixes: dict[int, str]) -> None:
    """Note how the names of a layer's weights begin, and of those in it.

    Args:
        layer: a module.
        prefix: of its names.
        prefixes: gets it, by the identity of each layer.
    """
    prefixes[id(layer)] = prefix
    children = layer.items() if isinstance(layer, nn.Sequential) else vars(layer).items()
    for name, child in children:
        if isinstance(child, nn.Module):
            _note_prefixes(child, f"{prefix}{name}.", prefixes)
