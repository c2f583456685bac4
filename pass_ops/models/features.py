"""The network whose features every later stage reads, and that of step 2.1 (method 5)."""

from __future__ import annotations

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, nn
from pass_ops.models.arrays import backbone_arrays
from pass_ops.models.functional import enlarge, global_average, l2_normalise
from pass_ops.models.heads import PixelAttention, Projection, Prototypes
from pass_ops.models.resnet import ResNet
from pass_ops.models.weights import fill, load_arrays, load_card
from pass_ops.paths import WeightsPath

ENLARGEMENT = 4


class FeatureNetwork(nn.Module):
    """Backbone and attention `fbg`: what pooled descriptors and foreground maps are made of.

    Args:
        config: sizes of the backbone.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.backbone = ResNet(config.arch, config.width, config.output_stride)
        self.fbg = PixelAttention(self.backbone.channels[-1])

    def features(self, images: jt.Var) -> jt.Var:
        """c4 enlarged four times: [N, C, 4h, 4w]."""
        return enlarge(self.backbone(images)[3], ENLARGEMENT)

    def attention(self, features: jt.Var) -> jt.Var:
        """Attention of every channel and position, in (0, 1), by the features' direction alone."""
        return self.fbg(l2_normalise(features))

    def describe(self, images: jt.Var) -> jt.Var:
        """Pooled descriptors [N, C] of the un-normalised features under attention (method 5.5)."""
        return self.pooled(self.features(images))

    def pooled(self, features: jt.Var) -> jt.Var:
        """Pooled descriptors [N, C] of what `features` gives (method 5.5)."""
        return global_average(features * self.attention(features))

    def foreground(self, features: jt.Var) -> jt.Var:
        """Foreground map [N, 1, 4h, 4w] in (0, 1): mean attention of channels (method 5.5)."""
        return self.attention(features).mean(1, keepdims=True)


class PixelAttentionNetwork(FeatureNetwork):
    """Features, projection head and prototypes: what step 2.1 trains with.

    Args:
        config: sizes of backbone, head and prototypes.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.projection_head = Projection(
            self.backbone.channels[-1], config.hidden_dim, config.feat_dim
        )
        self.prototypes = Prototypes(config.feat_dim, config.prototypes)

    def embed(self, features: jt.Var) -> jt.Var:
        """Unit embeddings [N, features] of features pooled under attention (method 5.3)."""
        normalised = l2_normalise(features)
        return l2_normalise(self.projection_head(global_average(normalised * self.fbg(normalised))))


def load_feature_network(folder: WeightsPath) -> FeatureNetwork:
    """Read the features of step 2.1 or of classifier h for inference.

    Raises:
        ArtifactError: the folder holds weights of another network.
    """
    network = FeatureNetwork(load_card(folder).network)
    fill(module=network, arrays=load_arrays(folder), source=folder)
    network.eval()
    return network


def load_backbone(folder: WeightsPath) -> ResNet:
    """Read the backbone of any stage's weights for inference.

    Raises:
        ArtifactError: the folder holds weights of another network.
    """
    sizes = load_card(folder).network
    backbone = ResNet(sizes.arch, sizes.width, sizes.output_stride)
    fill(module=backbone, arrays=backbone_arrays(load_arrays(folder)), source=folder)
    backbone.eval()
    return backbone
