"""Steps 1 and 2.1."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.paths import (
    AttentionWeightsPath,
    InitialWeightsPath,
    PointerPath,
    PretrainedWeightsPath,
)
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import images_of
from pass_ops.tracking.tracker import Tracker


@stage(step="1", stage_class="train", headline="loss")
class Pretrain(Stage):
    """Train backbone, heads and prototypes without labels.

    Attributes:
        dataset: Pointer to the data set.
        config: Settings of this stage.
        weights: Weights after the last epoch.
        initial_weights: Weights before the first step, for the diagnostics.
    """

    dataset: PointerPath
    config: PretrainConfig
    weights: PretrainedWeightsPath = field(init=False)
    initial_weights: InitialWeightsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.representation.pretrain import pretrain

        return pretrain(
            images=images_of(self.dataset, "train"),
            config=self.config,
            output=self.weights,
            initial=self.initial_weights,
            tracker=tracker,
        )


@stage(step="2.1", stage_class="train", headline="loss")
class TrainPixelAttention(Stage):
    """Train pixel attention and prototypes on the frozen backbone.

    Attributes:
        dataset: Pointer to the data set.
        pretrained: Weights of step 1.
        config: Settings of this stage.
        weights: Backbone and attention after the last epoch.
    """

    dataset: PointerPath
    pretrained: PretrainedWeightsPath
    config: PixelAttentionConfig
    weights: AttentionWeightsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.representation.pixel_attention import train_pixel_attention

        return train_pixel_attention(
            images=images_of(self.dataset, "train"),
            weights=self.pretrained,
            config=self.config,
            output=self.weights,
            tracker=tracker,
        )
