"""ResNet backbones (method 3.1).

Parameters are named as torchvision names them, so that public checkpoints can be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.engine.jittor import jt, nn
from pass_ops.models.dilation import strides_and_dilations


class BasicBlock(nn.Module):
    """Two 3 × 3 convolutions with a shortcut.

    Args:
        inputs: channels.
        planes: channels of the convolutions, times `expansion` those of the output.
        stride: of the first convolution.
        dilation: of both.
    """

    expansion = 1

    def __init__(self, *, inputs: int, planes: int, stride: int, dilation: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv(
            inputs, planes, 3, stride, padding=dilation, dilation=dilation, bias=False
        )
        self.bn1 = nn.BatchNorm(planes)
        self.conv2 = nn.Conv(planes, planes, 3, padding=dilation, dilation=dilation, bias=False)
        self.bn2 = nn.BatchNorm(planes)
        self.downsample = shortcut(inputs, planes, stride)

    def execute(self, x: jt.Var) -> jt.Var:
        """Map [N, inputs, h, w] to [N, planes · expansion, h / stride, w / stride]."""
        out = nn.relu(self.bn1(self.conv1(x)))
        return nn.relu(self.bn2(self.conv2(out)) + self.downsample(x))


class Bottleneck(nn.Module):
    """1 × 1, 3 × 3, 1 × 1 convolutions with a shortcut; the last widens by 4.

    Args:
        inputs: channels.
        planes: channels of the convolutions, times `expansion` those of the output.
        stride, dilation: of the 3 × 3 convolution.
    """

    expansion = 4

    def __init__(self, *, inputs: int, planes: int, stride: int, dilation: int) -> None:
        super().__init__()
        outputs = planes * self.expansion
        self.conv1 = nn.Conv(inputs, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm(planes)
        self.conv2 = nn.Conv(
            planes, planes, 3, stride, padding=dilation, dilation=dilation, bias=False
        )
        self.bn2 = nn.BatchNorm(planes)
        self.conv3 = nn.Conv(planes, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm(outputs)
        self.downsample = shortcut(inputs, outputs, stride)

    def execute(self, x: jt.Var) -> jt.Var:
        """Map [N, inputs, h, w] to [N, planes · expansion, h / stride, w / stride]."""
        out = nn.relu(self.bn1(self.conv1(x)))
        out = nn.relu(self.bn2(self.conv2(out)))
        return nn.relu(self.bn3(self.conv3(out)) + self.downsample(x))


def shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """The identity, or a strided 1 × 1 convolution with BatchNorm where shapes differ.

    Args:
        inputs, outputs: channels of the block.
        stride: of the block.
    """
    if stride == 1 and inputs == outputs:
        return nn.Identity()
    return nn.Sequential(nn.Conv(inputs, outputs, 1, stride, bias=False), nn.BatchNorm(outputs))


@dataclass(frozen=True)
class Topology:
    """What tells one ResNet from another.

    Attributes:
        block: class of the residual blocks.
        depths: blocks of each stage.
    """

    block: type[BasicBlock] | type[Bottleneck]
    depths: tuple[int, int, int, int]


TOPOLOGIES = {
    "resnet10": Topology(BasicBlock, (1, 1, 1, 1)),
    "resnet18": Topology(BasicBlock, (2, 2, 2, 2)),
    "resnet50": Topology(Bottleneck, (3, 4, 6, 3)),
}


class ResNet(nn.Module):
    """ResNet without a classifier.

    Args:
        arch: a key of `TOPOLOGIES`.
        width: channels of the first stage's blocks (64 in the papers).
        output_stride: 32, or 16 or 8 by trading the last stages' strides for dilation.
    """

    def __init__(self, arch: str, width: int = 64, output_stride: int = 32) -> None:
        super().__init__()
        topology = TOPOLOGIES[arch]
        expansion = topology.block.expansion
        self.channels = tuple(width * expansion * 2**stage for stage in range(4))
        self.conv1 = nn.Conv(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm(width)
        self.maxpool = nn.Pool(3, 2, 1, op="maximum")
        inputs = width
        for stage, (stride, dilation) in enumerate(strides_and_dilations(output_stride)):
            layer = nn.Sequential()
            for index in range(topology.depths[stage]):
                layer.append(
                    topology.block(
                        inputs=inputs,
                        planes=width * 2**stage,
                        stride=stride if index == 0 else 1,
                        dilation=dilation,
                    )
                )
                inputs = self.channels[stage]
            setattr(self, f"layer{stage + 1}", layer)
        initialise(self)

    def execute(self, x: jt.Var) -> list[jt.Var]:
        """Map images [N, 3, H, W] to the four stages' outputs c1…c4, each [N, C, H/s, W/s]."""
        x = self.maxpool(nn.relu(self.bn1(self.conv1(x))))
        c1 = self.layer1(x)
        c2 = self.layer2(c1)
        c3 = self.layer3(c2)
        return [c1, c2, c3, self.layer4(c3)]


def initialise(module: nn.Module) -> None:
    """Initialise convolutions Kaiming-normal (fan-out, ReLU gain), in place.

    BatchNorm starts at weight 1, bias 0 by itself.
    """
    for child in module.modules():
        if isinstance(child, nn.Conv):
            jt.init.kaiming_normal_(child.weight, mode="fan_out", nonlinearity="relu")
