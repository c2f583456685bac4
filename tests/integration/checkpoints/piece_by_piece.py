"""Stages that work piece by piece on the synthetic images, and what they write undisturbed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.files import save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.config.resolve import resolve
from pass_ops.paths import CentroidsPath, FeaturesPath
from pass_ops.stages.run import run_stage
from tests.integration.checkpoints.trainings import Trainings

OUTPUTS = {
    "cluster": ("features", "centroids", "labels"),
    "cluster_aligned": ("features", "centroids", "labels"),
    "cluster_selected": ("selected_2", "selected_3", "centroids", "labels"),
    "infer_image_labels": ("labels",),
    "classify_images": ("labels",),
    "choose_checkpoint": ("weights",),
    "search_threshold": ("curve",),
    "diagnose": ("learning",),
    "make_coarse_labels": ("coarse_maps", "attention_maps", "prompts"),
    "apply_crf": ("crf_maps",),
    "make_regions": ("regions",),
    "refine_labels": ("refined_maps",),
    "prompt_masks": ("painted_maps",),
    "predict_split": ("predicted_maps",),
}
"""Stages, with what they write."""
NEEDS = {
    "make_coarse_labels": ("search_threshold",),
    "infer_image_labels": ("train_classifier",),
    "classify_images": ("train_classifier",),
    "apply_crf": ("make_coarse_labels",),
    "refine_labels": ("apply_crf", "make_regions"),
    "prompt_masks": ("make_coarse_labels", "refine_labels"),
}
"""Stages whose outputs they read."""


class Undisturbed:
    """Runs of the stages that nothing ends.

    Args:
        values: of each stage's fields.
    """

    def __init__(self, values: dict[str, dict[str, Any]]) -> None:
        self.values = values
        self.metrics: dict[str, dict[str, Any]] = {}

    def run(self, stage: str) -> dict[str, Any]:
        """The metrics of a stage, which runs once, and those that it needs before it."""
        for need in NEEDS.get(stage, ()):
            self.run(need)
        if stage not in self.metrics:
            self.metrics[stage] = run_stage(stage, **self.values[stage])
        return self.metrics[stage]


def undisturbed(trainings: Trainings, clustered: Path, whole: Path) -> Undisturbed:
    """The stages on the synthetic images.

    Args:
        trainings: what they read.
        clustered: folder with `centroids` and `labels.parquet`.
        whole: folder for what they write.
    """
    folder = trainings.folder
    settings = resolve(
        profile="smoke",
        overrides={"search_threshold.resize": 36, "make_coarse_labels.resize": 36},
        seed=31,
        compat="fixed",
    )
    plant(whole)
    stage, values = trainings.use("train_segmenter", whole, 60)
    run_stage(stage, **values)
    _, classifier = trainings.use("train_classifier_f", whole / "f", 60)
    outputs = {
        stage: {name: str(whole / stage / name) for name in names}
        for stage, names in OUTPUTS.items()
    }
    data = {"dataset": str(folder / "dataset.json")}
    network = {"weights": str(folder / "attention"), "centroids": str(clustered / "centroids")}
    clustering = settings["cluster"] | {"batch_size": 8, "restarts": 30}
    classes = {
        **data,
        "name": "f",
        "checkpoints": classifier["checkpoints"],
        "config": settings["infer_image_labels"] | {"resize": 36, "crop": 32, "batch_size": 2},
    }
    coarse = outputs["make_coarse_labels"]
    masks = {"mask_back_end": "classical", "mask_weights": ""}
    described = {
        **data,
        "weights": str(folder / "attention"),
        "config": clustering | {"resize": 36, "crop": 32},
    }
    inputs = {
        "cluster": described,
        "cluster_aligned": {
            **described,
            "canonical": str(clustered / "labels.parquet"),
            "inferred": str(clustered / "labels.parquet"),
        },
        "cluster_selected": {
            "features": str(whole / "planted"),
            "previous": str(whole / "planted-centroids"),
            "config": clustering,
            "selection": settings["select_by_distance"],
        },
        "infer_image_labels": {**classes, "given": str(folder / "images.parquet")},
        "classify_images": {**classes, "split": "train"},
        "choose_checkpoint": {
            **data,
            "name": "round_1",
            "checkpoints": str(whole / "checkpoints"),
            "config": settings["choose_checkpoint"],
            "prediction": settings["predict"] | {"sizes": [32]},
        },
        "search_threshold": {**data, **network, "config": settings["search_threshold"]},
        "diagnose": {
            **data,
            "untrained": str(folder / "pretrained"),
            "pretrained": str(folder / "pretrained"),
            "attention": str(folder / "attention"),
            "config": settings["diagnose"] | {"resize": 36, "crop": 32, "batch_size": 4},
        },
        "make_coarse_labels": {
            **data,
            **network,
            "curve": outputs["search_threshold"]["curve"],
            "config": settings["make_coarse_labels"],
        },
        "apply_crf": {
            **data,
            "coarse_maps": coarse["coarse_maps"],
            "config": settings["apply_crf"],
        },
        "make_regions": {**data, **masks, "config": settings["make_regions"]},
        "refine_labels": {
            **outputs["apply_crf"],
            **outputs["make_regions"],
            "config": settings["refine_labels"],
        },
        "prompt_masks": {
            **data,
            **masks,
            "name": "round_1",
            "split": "train",
            "label_maps": outputs["refine_labels"]["refined_maps"],
            "prompts": coarse["prompts"],
            "attention_maps": coarse["attention_maps"],
            "image_labels": str(clustered / "labels.parquet"),
            "config": settings["prompt_masks_round_1"],
        },
        "predict_split": {
            **data,
            "name": "round_1",
            "split": "train",
            "weights": str(whole / "checkpoints" / "epoch-0002"),
            "config": settings["predict"] | {"sizes": [32]},
        },
    }
    uses = {stage: inputs[stage] | outputs[stage] for stage in OUTPUTS}
    return Undisturbed({"train_classifier": classifier, **uses})


def plant(folder: Path) -> None:
    """Write descriptors in six bundles of directions, and their centroids."""
    rng = np.random.default_rng(31)
    rows = np.eye(6, 16)[np.arange(60) % 6] + rng.normal(scale=0.1, size=(60, 16))
    features = rows.astype(np.float32)
    keys = tuple(f"{number:02}" for number in range(len(rows)))
    save_features(FeaturesPath(folder / "planted"), keys, features)
    clusters = kmeans(features=features, clusters=6, iterations=5, restarts=3, seed=31)
    Centroids(
        values=clusters.centroids, label_space="clustering-1", objectives=clusters.objectives
    ).save(CentroidsPath(folder / "planted-centroids"))


def content(path: Path) -> dict[str, bytes]:
    """Every file below a path."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {str(file.relative_to(path)): file.read_bytes() for file in files if file.is_file()}
