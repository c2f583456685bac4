"""The segmentation network (method 12.2)."""

from __future__ import annotations

from collections.abc import Sequence

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, nn
from pass_ops.errors import ArtifactError
from pass_ops.models.dropout import Dropout
from pass_ops.models.files.segmenter import joins
from pass_ops.models.functional import resize
from pass_ops.models.resnet import ResNet, initialise
from pass_ops.models.weights import Card, fill, load_arrays, load_card
from pass_ops.paths import SegmenterWeightsPath

HEAD_WIDTH = 128
JOINED_WIDTH, SKIPPED_WIDTH = 64, 32
DROPOUT = 0.1


class FcnHead(nn.Module):
    """Two 3 × 3 convolutions, joined with their input, a third, and a classifier of positions.

    Args:
        channels: of the backbone's four stages.
        classes: outputs.
        skips: how many of c2 and c1 join before the classifier, in this order.
    """

    def __init__(self, channels: Sequence[int], classes: int, skips: int = 0) -> None:
        super().__init__()
        *early, deep = channels
        self.conv1 = convolution(deep, HEAD_WIDTH)
        self.conv2 = convolution(HEAD_WIDTH, HEAD_WIDTH)
        self.conv3 = convolution(deep + HEAD_WIDTH, HEAD_WIDTH)
        width = HEAD_WIDTH
        self.joins = nn.ModuleList()
        for skipped in (early[1], early[0])[:skips]:
            self.joins.append(Join(width, skipped))
            width = JOINED_WIDTH
        self.dropout = Dropout(DROPOUT)
        self.classifier = nn.Conv(width, classes, 1)
        initialise(self)

    def execute(self, stages: Sequence[jt.Var]) -> jt.Var:
        """Map the stages' outputs c1…c4 to logits [N, classes, h, w], h × w those of the last one
        that joins, or of c4.
        """
        *early, x = stages
        x = self.conv3(jt.concat([x, self.conv2(self.conv1(x))], dim=1))
        for join, skipped in zip(self.joins, (early[1], early[0]), strict=False):
            x = join(x, skipped)
        return self.classifier(self.dropout(x))


class Join(nn.Module):
    """Deep features on the grid of an earlier stage, with what that has narrowed beside them.

    Args:
        inputs: channels of the deep features.
        skipped: channels of the earlier stage.
    """

    def __init__(self, inputs: int, skipped: int) -> None:
        super().__init__()
        self.narrow = convolution(skipped, SKIPPED_WIDTH, side=1)
        self.fuse = convolution(inputs + SKIPPED_WIDTH, JOINED_WIDTH)

    def execute(self, x: jt.Var, skipped: jt.Var) -> jt.Var:
        """Map [N, inputs, h, w] and [N, skipped, H, W] to [N, JOINED_WIDTH, H, W]."""
        enlarged = resize(x, (skipped.shape[2], skipped.shape[3]))
        return self.fuse(jt.concat([enlarged, self.narrow(skipped)], dim=1))


def convolution(inputs: int, outputs: int, side: int = 3) -> nn.Sequential:
    """Convolution without bias that keeps the size, BatchNorm, ReLU.

    Args:
        inputs, outputs: channels.
        side: of the kernel, 3 or 1.
    """
    return nn.Sequential(
        nn.Conv(inputs, outputs, side, 1, side // 2, bias=False), nn.BatchNorm(outputs), nn.ReLU()
    )


class Segmenter(nn.Module):
    """Backbone and FCN head.

    Args:
        config: sizes of the backbone.
        classes: outputs, background (0) included.
        skips: see `FcnHead`.
    """

    def __init__(self, config: NetworkConfig, classes: int, skips: int = 0) -> None:
        super().__init__()
        self.backbone = ResNet(config.arch, config.width, config.output_stride)
        self.head = FcnHead(self.backbone.channels, classes, skips)

    def execute(self, images: jt.Var) -> jt.Var:
        """Map images [N, 3, H, W] to logits [N, classes, h, w]; see `FcnHead`."""
        return self.head(self.backbone(images))


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
    arrays = load_arrays(folder)
    network = Segmenter(card.network, card.classes, joins(arrays))
    fill(module=network, arrays=arrays, source=folder)
    network.eval()
    return network, card
