"""Steps 1 and 2.1: pre-training, then pixel attention."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import Settings
from pass_ops.paths import (
    AttentionWeightsPath,
    InitialWeightsPath,
    PointerPath,
    PretrainedWeightsPath,
)
from pass_ops.stages import Pretrain, TrainPixelAttention
from pass_ops.stages.builder import box


class Representation(NamedTuple):
    """Networks before and after step 1, and after step 2.1.

    Attributes:
        initial: weights that step 1 began with.
        pretrained: after its last epoch.
        attention: the pre-trained backbone with attention.
    """

    initial: InitialWeightsPath
    pretrained: PretrainedWeightsPath
    attention: AttentionWeightsPath


@box
def representation(*, dataset: PointerPath, settings: Settings) -> Representation:
    """Steps 1 and 2.1.

    Args:
        dataset: Pointer to the data set.
        settings: Of all stages.
    """
    pretraining = Pretrain(dataset=dataset, config=settings.pretrain)
    attention = TrainPixelAttention(
        dataset=dataset,
        pretrained=pretraining.weights,
        config=settings.train_pixel_attention,
    )
    return Representation(
        initial=pretraining.initial_weights,
        pretrained=pretraining.weights,
        attention=attention.weights,
    )
