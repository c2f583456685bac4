"""The network of step 1: backbone, image, pixel and shallow heads, prototypes (method 4.4)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import jt, nn
from pass_ops.models.functional import global_average, l2_normalise
from pass_ops.models.heads import PixelPredictor, PixelProjection, Projection, Prototypes
from pass_ops.models.resnet import ResNet


@dataclass(kw_only=True)
class Views:
    """What the losses need of V views of B images.

    Attributes:
        embeddings: unit vectors [V·B, features], view after view.
        scores: embeddings against prototypes [V·B, prototypes].
        shallow_scores: per shallow stage, [2·B, prototypes] of the two large views; no gradient
            reaches the prototypes.
        pixels: projections [2·B, features, h, w] of the two large views.
    """

    embeddings: jt.Var
    scores: jt.Var
    shallow_scores: list[jt.Var]
    pixels: jt.Var


class ShallowHead(nn.Module):
    """Pixel projection of a shallow stage, pooled, then projected to an embedding.

    Args:
        channels: of the stage.
        hidden: between the layers of the projections.
        features: length of an embedding.
    """

    def __init__(self, channels: int, hidden: int, features: int) -> None:
        super().__init__()
        self.pixel = PixelProjection(channels, hidden, channels)
        self.image = Projection(channels, hidden, features)

    def execute(self, x: jt.Var) -> jt.Var:
        """Map a stage's output [N, channels, h, w] to unit embeddings [N, features]."""
        return l2_normalise(self.image(global_average(self.pixel(x))))


class PretrainingNetwork(nn.Module):
    """Backbone with every head of step 1.

    Args:
        config: sizes of the backbone and heads.
        shallow: backbone stages (1…3) that deep codes supervise.
    """

    def __init__(self, config: NetworkConfig, shallow: tuple[int, ...]) -> None:
        super().__init__()
        self.shallow = shallow
        self.backbone = ResNet(config.arch, config.width, config.output_stride)
        *_, deep = self.backbone.channels
        self.projection_head = Projection(deep, config.hidden_dim, config.feat_dim)
        self.prototypes = Prototypes(config.feat_dim, config.prototypes)
        self.pixel_projection = PixelProjection(deep, config.hidden_dim, config.feat_dim)
        self.pixel_predictor = PixelPredictor(config.feat_dim)
        for stage in shallow:
            head = ShallowHead(
                self.backbone.channels[stage - 1], config.hidden_dim, config.feat_dim
            )
            setattr(self, f"shallow{stage}", head)

    def execute(self, views: list[jt.Var]) -> Views:
        """Forward views, which are grouped by resolution.

        Args:
            views: the large ones [2·B, 3, s, s] first, then smaller ones [V·B, 3, s, s], if any.
        """
        embeddings, shallow_scores, pixels = [], [], None
        for group, images in enumerate(views):
            stages = self.backbone(images)
            embeddings.append(l2_normalise(self.projection_head(global_average(stages[3]))))
            if group == 0:
                pixels = self.pixel_projection(stages[3])
                frozen = self.prototypes.weight.detach()
                for stage in self.shallow:
                    shallow = getattr(self, f"shallow{stage}")(stages[stage - 1])
                    shallow_scores.append(nn.matmul_transpose(shallow, frozen))
        joined = jt.concat(embeddings) if len(embeddings) > 1 else embeddings[0]
        return Views(
            embeddings=joined,
            scores=self.prototypes(joined),
            shallow_scores=shallow_scores,
            pixels=pixels,
        )
