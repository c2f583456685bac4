"""Sub-pipeline: prediction and scores on validation and test."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model

from components.evaluation.evaluate_test import evaluate_test
from components.evaluation.evaluate_validation import evaluate_validation
from components.segmentation.predict import predict
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    validation: Artifact
    test: Artifact
    validation_maps: Dataset
    test_maps: Dataset
    validation_predictions: Dataset
    test_predictions: Dataset


@dsl.pipeline(name="evaluation")
@placed
def evaluation(
    dataset: Input[Dataset],
    weights: Input[Model],
    predict_config: dict,
    evaluate_config: dict,
    **_placement,
) -> Outputs:
    """Step 6.2 and the benchmark's metrics; the matching of validation serves test.

    Args:
        dataset: Pointer to the data set.
        weights: A segmenter.
        predict_config: Settings of predict.
        evaluate_config: Settings of both evaluations.
    """
    on_validation = predict(
        name="validation",
        dataset=dataset,
        split="validation",
        weights=weights,
        config=predict_config,
    )
    on_validation.set_display_name("predict-validation")
    on_test = predict(
        name="test", dataset=dataset, split="test", weights=weights, config=predict_config
    )
    on_test.set_display_name("predict-test")
    validation = evaluate_validation(
        dataset=dataset, predictions=on_validation.outputs["label_maps"], config=evaluate_config
    )
    test = evaluate_test(
        dataset=dataset,
        predictions=on_test.outputs["label_maps"],
        matching=validation.outputs["evaluation"],
        config=evaluate_config,
    )
    return Outputs(
        validation=validation.outputs["evaluation"],
        test=test.outputs["evaluation"],
        validation_maps=on_validation.outputs["label_maps"],
        test_maps=on_test.outputs["label_maps"],
        validation_predictions=validation.outputs["exported"],
        test_predictions=test.outputs["exported"],
    )
