"""The classifiers of step 3 (method 9.2)."""

from __future__ import annotations

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, nn
from pass_ops.errors import ArtifactError
from pass_ops.models.features import FeatureNetwork
from pass_ops.models.functional import global_average
from pass_ops.models.weights import Card, fill, load_arrays, load_card
from pass_ops.paths import ClassifierWeightsPath

POOLINGS = ("plain", "attention")


class Classifier(FeatureNetwork):
    """Features and one linear layer.

    Args:
        config: sizes of the backbone.
        clusters: outputs.
        pooling: `plain` averages c4, `attention` classifies the pooled descriptor, so that `fbg`
            trains as well.
    """

    def __init__(self, config: NetworkConfig, clusters: int, pooling: str) -> None:
        super().__init__(config)
        self.pooling = pooling
        self.classifier = nn.Linear(self.backbone.channels[-1], clusters)

    def execute(self, images: jt.Var) -> jt.Var:
        """Map images [N, 3, H, W] to logits [N, clusters]."""
        pooled = (
            global_average(self.backbone(images)[3])
            if self.pooling == "plain"
            else self.describe(images)
        )
        return self.classifier(pooled)

    def freeze_early_stages(self) -> None:
        """Let the last stage, attention and classifier alone train, after every `train()`.

        In Jittor 1.3.11 `eval()` takes the gradients of a module's parameters away, too.
        """
        early = self.backbone
        for layer in (early.conv1, early.bn1, early.layer1, early.layer2, early.layer3):
            layer.eval()


def load_classifier(folder: ClassifierWeightsPath) -> tuple[Classifier, Card]:
    """Read a trained classifier for inference, and its card.

    Raises:
        ArtifactError: the folder holds weights of another network.
    """
    card = load_card(folder)
    if card.pooling not in POOLINGS:
        raise ArtifactError(
            f"{folder} holds weights of stage {card.stage}, not a classifier: "
            "give train_classifier's"
        )
    network = Classifier(card.network, card.classes, card.pooling)
    fill(module=network, arrays=load_arrays(folder), source=folder)
    network.eval()
    return network, card
