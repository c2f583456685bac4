"""Sub-pipeline: a segmenter trained on pseudo-labels, and its best checkpoint."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Model

from components.choose_checkpoint import choose_checkpoint
from components.train_segmenter import train_segmenter
from pipelines.placement import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    weights: Model


@dsl.pipeline(name="segmentation")
@placed
def segmentation(
    dataset: Input[Dataset],
    label_maps: Input[Dataset],
    image_labels: Input[Dataset],
    pretrained: Input[Model],
    train_config: dict,
    choice_config: dict,
    predict_config: dict,
    **_placement,
) -> Outputs:
    """Steps 5.1 and 5.2.

    Args:
        dataset: Pointer to the data set.
        label_maps: Pseudo-labels of the training split.
        image_labels: Labels of the training images.
        pretrained: Weights of step 1.
        train_config: Settings of train_segmenter.
        choice_config: Settings of choose_checkpoint.
        predict_config: Settings of predict.
    """
    trained = train_segmenter(
        dataset=dataset, label_maps=label_maps, image_labels=image_labels, pretrained=pretrained, config=train_config
    )
    chosen = choose_checkpoint(
        dataset=dataset,
        checkpoints=trained.outputs["checkpoints"],
        config=choice_config,
        prediction=predict_config,
    )
    return Outputs(
        weights=chosen.outputs["weights"],
    )
