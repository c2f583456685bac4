"""The distance-matching protocol."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of, truth_of
from pass_ops.tracking.tracker import Tracker


def evaluate_by_distance(
    dataset: str, split: str, weights: str, config: Settings, label_maps: str, scores: str
) -> Metadata:
    """Label `split` by its distance to the annotated regions of `train-semi` in the features of
    `weights`; write scores.
    """
    from pass_ops.evaluation.diagnostics.baselines import Split
    from pass_ops.evaluation.protocols.dense_features import describe_with
    from pass_ops.evaluation.protocols.match_by_distance import STAGE, match_by_distance

    def body(tracker: Tracker) -> Mapping[str, float]:
        settings = build(DistanceConfig, config)
        return match_by_distance(
            Split(images_of(dataset, "train-semi"), truth_of(dataset, "train-semi")),
            Split(images_of(dataset, split), truth_of(dataset, split)),
            describe_with(Path(weights), settings),
            settings,
            Path(label_maps),
            Path(scores),
            tracker,
        )

    return run_stage(f"{STAGE}_{split}", body, config, (label_maps, scores), "miou")
