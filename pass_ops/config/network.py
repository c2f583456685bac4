"""Sizes of the backbone and its heads (method 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True)
class NetworkConfig:
    """Defaults are those of ImageNet-S50 with ResNet-18.

    Attributes:
        arch: topology of the backbone.
        width: channels of its first stage.
        output_stride: pixels of the image per position of c4.
        hidden_dim: width inside the heads.
        feat_dim: length of the embeddings.
        prototypes: number of prototypes of the online clustering.
    """

    arch: str = limited("resnet18", choices=("resnet10", "resnet18", "resnet50"))
    width: int = limited(64, 4, 512)
    output_stride: int = limited(32, 8, 32)
    hidden_dim: int = limited(512, 1)
    feat_dim: int = limited(128, 1)
    prototypes: int = limited(500, 2)
