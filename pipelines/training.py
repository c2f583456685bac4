"""The training pipeline for KFP: from photographs to a segmenter and its scores (method 2.1)."""

from typing import Any, NamedTuple

from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset, Model

from components.placement import DEFAULTS
from pass_ops.config.compat import COMPAT
from pass_ops.config.resolve import profiles
from pass_ops.graph.training import training
from pass_ops.sam.open import BACK_ENDS
from pass_ops.stages.builder import building
from pipelines.choices import choices
from pipelines.steps.kfp_builder import KfpBuilder, setting_channels
from pipelines.steps.resolved_inputs import resolved_inputs
from pipelines.steps.sharding import UNSHARDED, Sharding
from pipelines.steps.sub_pipelines import SubPipelines, sub_pipelines


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    result: Artifact
    report: HTML
    model: Model
    validation_predictions: Dataset
    test_predictions: Dataset
    validation_evaluation: Artifact
    test_evaluation: Artifact


def training_with(sharding: Sharding, boxes: SubPipelines) -> Any:
    """The training pipeline.

    Args:
        sharding: a choice of whoever compiles.
        boxes: sub-pipelines, see `KfpBuilder`.
    """

    @choices(profile=profiles(), compat=COMPAT, mask_back_end=("", *BACK_ENDS))
    @dsl.pipeline(
        name="pass-training",
        description="Unsupervised semantic segmentation (PASS): pre-training to evaluation",
    )
    @sharding.placed_root
    def training_pipeline(
        *,
        data_uri: str,
        profile: str = "imagenet-s50",
        overrides: dict = {},  # noqa: B006  KFP takes the default as JSON; nothing mutates it.
        seed: int = 31,
        compat: str = "fixed",
        mask_back_end: str = "",
        mask_weights: str = "",
        placement: dict = DEFAULTS,
    ) -> Outputs:
        """Train and evaluate.

        Args:
            data_uri: Data set: s3://bucket/prefix, as "pass-ops data pack" prints it. Pods see no
                folder of yours.
            profile: Settings to start from: imagenet-s50, imagenet-s50-plus, imagenet-s300,
                imagenet-s919, small or smoke.
            overrides: Settings that win over the profile's, as JSON, for example
                {"pretrain.epochs": 200}.
            seed: Seed of every random choice.
            compat: "fixed" repairs the published code's defects, "reference" keeps them.
            mask_back_end: What makes masks: sam, onnx or classical; empty for sam with weights,
                classical without.
            mask_weights: s3://bucket/prefix of its weights: for sam what "pass-ops sam convert"
                wrote; empty for none.
            placement: Where tasks run, as JSON: fields that differ from their defaults, for example
                {"train_gpus": 0}; docs/placement.md lists them.
        """
        resolved = resolved_inputs(
            data_uri=data_uri,
            model_uri="",
            profile=profile,
            overrides=overrides,
            seed=seed,
            compat=compat,
            mask_back_end=mask_back_end,
            mask_weights=mask_weights,
            shards=sharding.text,
        )
        with building(KfpBuilder(boxes, placement, sharding.loops)):
            outputs = training(
                data_uri=resolved["data_uri"],
                cache_epoch=resolved["cache_epoch"],
                mask_back_end=mask_back_end,
                mask_weights=resolved["mask_weights"],
                run=resolved["run"],
                settings=setting_channels(resolved),
            )
        return Outputs(**outputs._asdict())

    return training_pipeline


training_pipeline = training_with(UNSHARDED, sub_pipelines(UNSHARDED))
