"""A segmenter (method 12.2) as an ONNX model, from its weights alone.

Which layers it has follows from the names of its weights; the order in which they run is that of
`models.resnet` and `models.segmenter`.
"""

from __future__ import annotations

import onnx

from pass_ops.export.onnx_graph import INPUT, OnnxGraph
from pass_ops.models.card import Card
from pass_ops.models.dilation import strides_and_dilations
from pass_ops.models.files.segmenter import joins
from pass_ops.models.files.tensors import Arrays

# Of Jittor's BatchNorm.
EPSILON = 1e-5


def segmenter_onnx(arrays: Arrays, card: Card) -> onnx.ModelProto:
    """The ONNX model of a segmenter in evaluation mode: images [N, 3, H, W], normalised (method
    3.3), to logits [N, classes, H/s, W/s], for any N, H and W.

    Args:
        arrays: weights and running statistics by name.
        card: of the weights.
    """
    layers = _Layers(arrays)
    return layers.graph.model(
        layers.head(layers.backbone(INPUT, card.network.output_stride)), card.classes
    )


class _Layers:
    """Adds layers to a graph; each method returns the name of the layer's output.

    Args:
        arrays: see `segmenter_onnx`.
    """

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self.graph = OnnxGraph(arrays)

    def backbone(self, x: str, output_stride: int) -> list[str]:
        """The ResNet's four stages.

        Args:
            x: images.
            output_stride: 32, 16 or 8.
        """
        x = self._unit(convolution="backbone.conv1", norm="backbone.bn1", x=x, stride=2)
        x = self.graph.add("MaxPool", x, kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1))
        stages = []
        for number, (stride, dilation) in enumerate(strides_and_dilations(output_stride), start=1):
            index = 0
            while (block := f"backbone.layer{number}.{index}.") + "conv1.weight" in self._arrays:
                x = self._block(
                    block=block, x=x, stride=stride if index == 0 else 1, dilation=dilation
                )
                index += 1
            stages.append(x)
        return stages

    def head(self, stages: list[str]) -> str:
        """The logits, from the backbone's stages. Dropout does nothing in evaluation mode."""
        x = refined = stages[-1]
        for name in ("head.conv1", "head.conv2"):
            refined = self._unit(convolution=f"{name}.0", norm=f"{name}.1", x=refined)
        both = self.graph.add("Concat", x, refined, axis=1)
        both = self._unit(convolution="head.conv3.0", norm="head.conv3.1", x=both)
        for number in range(joins(self._arrays)):
            both = self._join(join=f"head.joins.{number}.", x=both, skipped=stages[1 - number])
        return self._convolution(name="head.classifier", x=both)

    def _join(self, *, join: str, x: str, skipped: str) -> str:
        """Features on the grid of an earlier stage, joined with it.

        Args:
            join: how its weights' names begin.
            x: the features.
            skipped: the earlier stage's output.
        """
        narrow = self._unit(convolution=f"{join}narrow.0", norm=f"{join}narrow.1", x=skipped)
        size = self.graph.add(
            "Concat",
            self.graph.add("Shape", x, end=2),
            self.graph.add("Shape", skipped, start=2),
            axis=0,
        )
        enlarged = self.graph.add(
            "Resize", x, "", "", size, mode="linear", coordinate_transformation_mode="half_pixel"
        )
        both = self.graph.add("Concat", enlarged, narrow, axis=1)
        return self._unit(convolution=f"{join}fuse.0", norm=f"{join}fuse.1", x=both)

    def _block(self, *, block: str, x: str, stride: int, dilation: int) -> str:
        """A residual block.

        Args:
            block: how its weights' names begin.
            x: its input.
            stride: of the block; in a bottleneck, of the 3 × 3 convolution.
            dilation: of the 3 × 3 convolutions.
        """
        is_bottleneck = f"{block}conv3.weight" in self._arrays
        strided, last = (2, 3) if is_bottleneck else (1, 2)
        out = x
        for number in range(1, last + 1):
            out = self._unit(
                convolution=f"{block}conv{number}",
                norm=f"{block}bn{number}",
                x=out,
                stride=stride if number == strided else 1,
                dilation=dilation,
                relu=number < last,
            )
        if f"{block}downsample.0.weight" in self._arrays:
            x = self._unit(
                convolution=f"{block}downsample.0",
                norm=f"{block}downsample.1",
                x=x,
                stride=stride,
                relu=False,
            )
        return self.graph.add("Relu", self.graph.add("Add", out, x))

    def _unit(
        self,
        *,
        convolution: str,
        norm: str,
        x: str,
        stride: int = 1,
        dilation: int = 1,
        relu: bool = True,
    ) -> str:
        """A convolution, BatchNorm, and ReLU unless `relu` is false.

        Args:
            convolution, norm: names of the layers.
            x: their input.
            stride, dilation: of the convolution.
            relu: whether ReLU follows.
        """
        x = self._convolution(name=convolution, x=x, stride=stride, dilation=dilation)
        statistics = (
            f"{norm}.{name}" for name in ("weight", "bias", "running_mean", "running_var")
        )
        x = self.graph.add("BatchNormalization", x, *statistics, epsilon=EPSILON)
        return self.graph.add("Relu", x) if relu else x

    def _convolution(self, *, name: str, x: str, stride: int = 1, dilation: int = 1) -> str:
        """A convolution whose output has its input's size, over `stride`.

        Args:
            name: of the layer.
            x: its input.
            stride: of the convolution.
            dilation: of a kernel of more than one position.
        """
        side = self._arrays[f"{name}.weight"].shape[-1]
        padding = dilation * (side // 2)
        names = [f"{name}.weight", f"{name}.bias"]
        return self.graph.add(
            "Conv",
            x,
            *(one for one in names if one in self._arrays),
            kernel_shape=(side, side),
            strides=(stride, stride),
            pads=(padding,) * 4,
            dilations=(dilation if side > 1 else 1,) * 2,
        )
