"""Sub-pipeline: pre-training, then pixel attention."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Model

from components.representation.pretrain import pretrain
from components.representation.train_pixel_attention import train_pixel_attention
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    initial: Model
    pretrained: Model
    attention: Model


@dsl.pipeline(name="representation")
@placed
def representation(
    dataset: Input[Dataset], pretrain_config: dict, attention_config: dict, **_placement
) -> Outputs:
    """Steps 1 and 2.1.

    Args:
        dataset: Pointer to the data set.
        pretrain_config: Settings of pretrain.
        attention_config: Settings of train_pixel_attention.
    """
    trained = pretrain(dataset=dataset, config=pretrain_config)
    attention = train_pixel_attention(
        dataset=dataset, pretrained=trained.outputs["weights"], config=attention_config
    )
    return Outputs(
        initial=trained.outputs["initial_weights"],
        pretrained=trained.outputs["weights"],
        attention=attention.outputs["weights"],
    )
