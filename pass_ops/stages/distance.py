"""The distance-matching protocol, which is no part of the pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.paths import LabelMapsPath, PointerPath, ScoresPath, WeightsPath
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.tracking.tracker import Tracker


def evaluate_by_distance(
    *,
    dataset: PointerPath,
    split: str,
    weights: WeightsPath,
    config: Mapping[str, Any],
    label_maps: LabelMapsPath,
    scores: ScoresPath,
) -> dict[str, Any]:
    """Label `split` by its distance to the annotated regions of `train-semi`, and score it.

    Args:
        dataset: pointer to the data set.
        split: validation or test.
        weights: network whose features are compared.
        config: values of `DistanceConfig`.
        label_maps, scores: folder and JSON file to write.

    Returns:
        See `engine.stage.run_stage`.
    """
    from pass_ops.evaluation.diagnostics.baselines import Split
    from pass_ops.evaluation.protocols.dense_features import describe_with
    from pass_ops.evaluation.protocols.match_by_distance import STAGE, match_by_distance

    def body(tracker: Tracker) -> Mapping[str, float]:
        settings = build(DistanceConfig, config)
        return match_by_distance(
            annotated=Split(images_of(dataset, "train-semi"), truth_of(dataset, "train-semi")),
            split=Split(images_of(dataset, split), truth_of(dataset, split)),
            name=split,
            describe=describe_with(weights, settings),
            config=settings,
            label_maps=label_maps,
            scores=scores,
            tracker=tracker,
        )

    return run_stage(
        name=f"{STAGE}_{split}",
        body=body,
        settings=config,
        outputs={label_maps: LabelMapsPath, scores: ScoresPath},
        inputs=(weights, dataset),
        headline=f"{split}/miou",
    )
