"""Steps 3.1 to 3.3, and the selections before them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.crop import CentreCropConfig
from pass_ops.config.denoising import DistanceSelectionConfig, SmallLossConfig
from pass_ops.config.schema import build
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata, Settings
from pass_ops.stages.inputs import categories_of, images_of


def train_classifier(
    name: str,
    dataset: str,
    labels: str,
    weights: str,
    config: Settings,
    checkpoints: str,
    last: str,
) -> Metadata:
    """Train classifier `name` (f, g, h or c) on `labels`; write its last epochs' checkpoints, and
    the last one alone.
    """
    from pass_ops.denoising.classifier import STAGE
    from pass_ops.denoising.classifier import train_classifier as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda tracker: stage(
            name,
            images_of(dataset, "train"),
            Path(labels),
            Path(weights),
            categories_of(dataset),
            build(ClassifierConfig, config),
            Path(checkpoints),
            Path(last),
            tracker,
        ),
        config,
        (checkpoints, last),
        "loss",
    )


def infer_image_labels(
    name: str, dataset: str, checkpoints: str, given: str, config: Settings, labels: str
) -> Metadata:
    """Write the labels that classifier `name` gives to all training images, and how well it likes
    the given ones.
    """
    from pass_ops.denoising.infer import STAGE
    from pass_ops.denoising.infer import infer_image_labels as stage

    return run_stage(
        f"{STAGE}_{name}",
        lambda tracker: stage(
            name,
            images_of(dataset, "train"),
            Path(checkpoints),
            Path(given),
            build(CentreCropConfig, config),
            Path(labels),
            tracker,
        ),
        config,
        (labels,),
        "changed",
    )


def classify_images(
    name: str, dataset: str, split: str, checkpoints: str, config: Settings, labels: str
) -> Metadata:
    """Write the labels that classifier `name` gives to the images of `split`."""
    from pass_ops.denoising.infer import classify_images as stage

    return run_stage(
        f"classify_images_{split}",
        lambda tracker: stage(
            name,
            images_of(dataset, split),
            Path(checkpoints),
            build(CentreCropConfig, config),
            Path(labels),
            tracker,
        ),
        config,
        (labels,),
        "confidence",
    )


def select_small_loss(
    name: str, dataset: str, inferred: str, config: Settings, selected: str
) -> Metadata:
    """Write the images that classifier `name` confirms or corrects; `inferred` is a table of
    `infer_image_labels`.
    """

    def body(_: object) -> Mapping[str, float]:
        from pass_ops.clustering.labels import load_labels
        from pass_ops.clustering.selection import save_selected
        from pass_ops.denoising.small_loss import select_small_loss as select

        table = load_labels(Path(inferred), columns=("given",)).rename(
            columns={"label": "predicted", "given": "label"}
        )
        chosen = select(table, categories_of(dataset), build(SmallLossConfig, config))
        save_selected(Path(selected), chosen)
        return {"images": float(len(chosen)), "coverage": len(chosen) / len(table)}

    return run_stage(f"select_small_loss_{name}", body, config, (selected,), "coverage")


def select_by_distance(dataset: str, labels: str, config: Settings, selected: str) -> Metadata:
    """Write the images of a clustering whose nearest centroid is beyond doubt."""

    def body(_: object) -> Mapping[str, float]:
        from pass_ops.clustering.labels import DISTANCES, load_labels
        from pass_ops.clustering.selection import save_selected
        from pass_ops.clustering.selection import select_by_distance as select

        table = load_labels(Path(labels), columns=DISTANCES)
        chosen = select(table, categories_of(dataset), build(DistanceSelectionConfig, config))
        save_selected(Path(selected), chosen)
        return {"images": float(len(chosen)), "coverage": len(chosen) / len(table)}

    return run_stage("select_by_distance", body, config, (selected,), "coverage")
