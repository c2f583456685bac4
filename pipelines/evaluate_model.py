"""The evaluation pipeline: a registered model and a data set in; predictions, metrics and a report
out.

For single and for recurring runs: with `models:/name/champion` it measures whatever bears that
alias at the time.
"""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset

from components.evaluation.measure_baselines import measure_baselines
from components.evaluation.report_evaluation import report_evaluation
from components.preparation.fetch_model import fetch_model
from components.preparation.resolve_config import resolve_config
from components.preparation.validate_data import validate_data
from pipelines.placement.inputs import placed_root
from pipelines.steps.evaluation import evaluation


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    result: Artifact
    report: HTML
    validation_predictions: Dataset
    test_predictions: Dataset


@dsl.pipeline(
    name="pass-evaluation",
    description="Predictions, metrics and a report of a registered PASS segmenter",
)
@placed_root
def evaluation_pipeline(
    model_uri: str,
    data_uri: str,
    profile: str = "imagenet-s50",
    overrides: dict = {},  # noqa: B006  KFP takes the default as JSON; nothing mutates it.
    compat: str = "fixed",
    **placement,
) -> Outputs:
    """Evaluate a model.

    Args:
        model_uri: models:/NAME/VERSION-OR-ALIAS in MLflow's registry, s3://bucket/prefix of a
            weights folder, or a folder.
        data_uri: Data set: s3://bucket/prefix written by "pass-ops data pack", or a folder in
            ImageNet-S layout.
        profile: Settings of prediction and evaluation: imagenet-s50, imagenet-s300, imagenet-s919,
            small or smoke.
        overrides: Settings that win over the profile's, as JSON, for example {"predict.flip":
            false}.
        compat: "fixed" repairs the published code's defects, "reference" keeps them.
    """
    settings = resolve_config(
        data_uri=data_uri,
        profile=profile,
        overrides=overrides,
        seed=31,
        compat=compat,
        mask_back_end="",
        mask_weights="",
    ).outputs
    dataset = validate_data(data_uri=data_uri).outputs["dataset"]
    model = fetch_model(model_uri=model_uri)
    floor = measure_baselines(dataset=dataset)
    scores = evaluation(
        dataset=dataset,
        weights=model.outputs["weights"],
        predict_config=settings["predict"],
        evaluate_config=settings["evaluate"],
        **placement,
    ).outputs
    written = report_evaluation(
        run=settings["run"],
        model_uri=model_uri,
        weights=model.outputs["weights"],
        baselines=floor.outputs["baselines"],
        validation=scores["validation"],
        test=scores["test"],
    )
    return Outputs(
        result=written.outputs["result"],
        report=written.outputs["page"],
        validation_predictions=scores["validation_predictions"],
        test_predictions=scores["test_predictions"],
    )
