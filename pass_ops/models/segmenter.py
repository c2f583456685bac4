"""The segmentation network (method 12.2)."""

from __future__ import annotations

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, nn
from pass_ops.errors import ArtifactError
from pass_ops.models.dropout import Dropout
from pass_ops.models.resnet import ResNet, initialise
from pass_ops.models.weights import Card, fill, load_arrays, load_card
from pass_ops.paths import SegmenterWeightsPath

HEAD_WIDTH = 128
DROPOUT = 0.1


class FcnHead(nn.Module):
    """Two 3 × 3 convolutions, joined with their input, a third, and a classifier of positions.

    Args:
        channels: of the features.
        classes: outputs.
    """

    def __init__(self, channels: int, classes: int) -> None:
        super().__init__()
        self.conv1 = convolution(channels, HEAD_WIDTH)
        self.conv2 = convolution(HEAD_WIDTH, HEAD_WIDTH)
        self.conv3 = convolution(channels + HEAD_WIDTH, HEAD_WIDTH)
        self.dropout = Dropout(DROPOUT)
        self.classifier = nn.Conv(HEAD_WIDTH, classes, 1)
        initialise(self)

    def execute(self, x: jt.Var) -> jt.Var:
        """Map features [N, channels, h, w] to logits [N, classes, h, w]."""
        refined = self.conv2(self.conv1(x))
        return self.classifier(self.dropout(self.conv3(jt.concat([x, refined], dim=1))))


def convolution(inputs: int, outputs: int) -> nn.Sequential:
    """3 × 3 convolution without bias, BatchNorm, ReLU.

    Args:
        inputs, outputs: channels.
    """
    return nn.Sequential(
        nn.Conv(inputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm(outputs), nn.ReLU()
    )


class Segmenter(nn.Module):
    """Backbone and FCN head.

    Args:
        config: sizes of the backbone.
        classes: outputs, background (0) included.
    """

    def __init__(self, config: NetworkConfig, classes: int) -> None:
        super().__init__()
        self.backbone = ResNet(config.arch, config.width, config.output_stride)
        self.head = FcnHead(self.backbone.channels[-1], classes)

    def execute(self, images: jt.Var) -> jt.Var:
        """Map images [N, 3, H, W] to logits [N, classes, H/s, W/s]."""
        return self.head(self.backbone(images)[3])


def load_segmenter(folder: SegmenterWeightsPath) -> tuple[Segmenter, Card]:
    """Read a trained segmenter for inference, and its card.

    Raises:
        ArtifactError: the folder holds weights of another network.
    """
    card = load_card(folder)
    if card.classes == 0 or card.pooling:
        raise ArtifactError(
            f"{folder} holds weights of stage {card.stage}, not a segmenter: give train_segmenter's"
        )
    network = Segmenter(card.network, card.classes)
    fill(module=network, arrays=load_arrays(folder), source=folder)
    network.eval()
    return network, card
