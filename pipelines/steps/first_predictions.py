"""Sub-pipeline: what the segmenter of round 1 makes of every split."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Dataset, Input, Model

from components.segmentation.predict import predict
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    train: Dataset
    validation: Dataset
    test: Dataset


@dsl.pipeline(name="first-predictions")
@placed
def first_predictions(
    dataset: Input[Dataset], weights: Input[Model], predict_config: dict, **_placement
) -> Outputs:
    """Step 5.3, and the same on validation and test, for measuring.

    Args:
        dataset: Pointer to the data set.
        weights: Segmenter of round 1.
        predict_config: Settings of predict.
    """
    maps = {}
    for split in Outputs._fields:
        predicted = predict(
            name=f"{split}_round_1",
            dataset=dataset,
            split=split,
            weights=weights,
            config=predict_config,
        )
        predicted.set_display_name(f"predict-{split}-round-1")
        maps[split] = predicted.outputs["label_maps"]
    return Outputs(**maps)
