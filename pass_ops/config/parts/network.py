"""Sizes of the backbone and its heads (method 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.config.schema import limited


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """Topology and widths; the defaults are those of ImageNet-S50 with ResNet-18.

    Attributes:
        arch: topology of the backbone.
        width: channels of its first stage.
        output_stride: pixels of the image per position of c4.
        hidden_dim: width inside the heads.
        feat_dim: length of the embeddings.
        prototypes: number of prototypes of the online clustering.
    """

    arch: str = limited(default="resnet18", choices=("resnet10", "resnet18", "resnet50"))
    width: int = limited(default=64, low=4, high=512)
    output_stride: int = limited(default=32, low=8, high=32)
    hidden_dim: int = limited(default=512, low=1, high=2**16)
    feat_dim: int = limited(default=128, low=1, high=2**16)
    prototypes: int = limited(default=500, low=2, high=2**20)

    @property
    def descriptor_length(self) -> int:
        """Length of a pooled descriptor, which is the number of channels of c4."""
        return self.width * (32 if self.arch == "resnet50" else 8)
