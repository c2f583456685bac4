"""Steps 1 and 2.1."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of


def pretrain(dataset: str, config: Settings, weights: str, initial_weights: str) -> Metadata:
    """Step 1: write trained and untrained weights."""
    from pass_ops.representation.pretrain import STAGE
    from pass_ops.representation.pretrain import pretrain as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            build(PretrainConfig, config),
            Path(weights),
            Path(initial_weights),
            tracker,
        ),
        config,
        (weights, initial_weights),
        "loss",
    )


def train_pixel_attention(
    dataset: str, pretrained: str, config: Settings, weights: str
) -> Metadata:
    """Step 2.1: write the weights of backbone and attention."""
    from pass_ops.representation.pixel_attention import STAGE
    from pass_ops.representation.pixel_attention import train_pixel_attention as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(pretrained),
            build(PixelAttentionConfig, config),
            Path(weights),
            tracker,
        ),
        config,
        (weights,),
        "loss",
    )
