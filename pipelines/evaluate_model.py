"""The evaluation pipeline for KFP: a registered model and a data set in; predictions, metrics and a
report out.

For single and for recurring runs: with `models:/name/champion` it measures whatever bears that
alias at the time.
"""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset

from components.placement import DEFAULTS
from pass_ops.config.compat import COMPAT
from pass_ops.config.resolve import profiles
from pass_ops.graph.evaluation import model_evaluation
from pass_ops.stages.builder import building
from pipelines.choices import choices
from pipelines.placement.placed import placed_root
from pipelines.steps.kfp_builder import KfpBuilder, setting_channels
from pipelines.steps.resolved_inputs import resolved_inputs
from pipelines.steps.sharding import UNSHARDED
from pipelines.steps.sub_pipelines import sub_pipelines


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    result: Artifact
    report: HTML
    validation_predictions: Dataset
    test_predictions: Dataset


_BOXES = sub_pipelines(UNSHARDED)


@choices(profile=profiles(), compat=COMPAT)
@dsl.pipeline(
    name="pass-evaluation",
    description="Predictions, metrics and a report of a registered PASS segmenter",
)
@placed_root
def evaluation_pipeline(
    *,
    model_uri: str,
    data_uri: str,
    profile: str = "imagenet-s50",
    overrides: dict = {},  # noqa: B006  KFP takes the default as JSON; nothing mutates it.
    compat: str = "fixed",
    placement: dict = DEFAULTS,
) -> Outputs:
    """Evaluate a model.

    Args:
        model_uri: models:/NAME/VERSION-OR-ALIAS in MLflow's registry, or s3://bucket/prefix of a
            weights folder.
        data_uri: Data set: s3://bucket/prefix, as "pass-ops data pack" prints it. Pods see no
            folder of yours.
        profile: Settings of prediction and evaluation: imagenet-s50, imagenet-s50-plus,
            imagenet-s300, imagenet-s919, small or smoke.
        overrides: Settings that win over the profile's, as JSON, for example
            {"predict.flip": false}.
        compat: "fixed" repairs the published code's defects, "reference" keeps them.
        placement: Where tasks run, as JSON: fields that differ from their defaults, for example
            {"train_gpus": 0}; docs/placement.md lists them.
    """
    resolved = resolved_inputs(
        data_uri=data_uri,
        model_uri=model_uri,
        profile=profile,
        overrides=overrides,
        seed=31,
        compat=compat,
        mask_back_end="",
        mask_weights="",
        shards=UNSHARDED.text,
    )
    with building(KfpBuilder(_BOXES, placement, {})):
        outputs = model_evaluation(
            model_uri=resolved["model_uri"],
            data_uri=resolved["data_uri"],
            cache_epoch=resolved["cache_epoch"],
            run=resolved["run"],
            settings=setting_channels(resolved),
        )
    return Outputs(**outputs._asdict())
