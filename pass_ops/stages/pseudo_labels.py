"""Steps 2.3 and 2.4: the attention threshold, and coarse labels."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.pseudo_labels import CoarseLabelsConfig, ThresholdConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import images_of, truth_of


def search_threshold(
    dataset: str, weights: str, centroids: str, config: Settings, curve: str
) -> Metadata:
    """Step 2.3: write the threshold curve on validation; the metadata's `threshold` is the best."""
    from pass_ops.pseudo_labels.threshold import STAGE
    from pass_ops.pseudo_labels.threshold import search_threshold as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "validation"),
            truth_of(dataset, "validation"),
            Path(weights),
            Path(centroids),
            build(ThresholdConfig, config),
            Path(curve),
            tracker,
        ),
        config,
        (curve,),
        "val_miou",
    )


def make_coarse_labels(
    dataset: str,
    split: str,
    weights: str,
    centroids: str,
    curve: str,
    threshold: float,
    config: Settings,
    label_maps: str,
    attention: str,
    prompts: str,
) -> Metadata:
    """Step 2.4: write pixel labels, attention maps, points and image labels of `split`."""
    from pass_ops.pseudo_labels.coarse import STAGE
    from pass_ops.pseudo_labels.coarse import make_coarse_labels as stage

    return run_stage(
        f"{STAGE}_{split}",
        lambda tracker: stage(
            images_of(dataset, split),
            Path(weights),
            Path(centroids),
            Path(curve),
            threshold,
            build(CoarseLabelsConfig, config),
            Path(label_maps),
            Path(attention),
            Path(prompts),
            tracker,
        ),
        config,
        (label_maps, attention, prompts),
        "foreground",
    )
