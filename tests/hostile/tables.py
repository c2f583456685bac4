"""Good tables and arrays of every stage, and the stages that read each without a network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.clustering.cluster_selected import cluster_selected
from pass_ops.clustering.files import save_clusters, save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.rows import unit_rows
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig, SmallLossConfig
from pass_ops.config.masks import PromptConfig, RefinementConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.denoising.small_loss import select_small_loss
from pass_ops.evaluation.diagnostics.label_quality import label_quality
from pass_ops.pseudo_labels.attention_maps import AttentionWriter
from pass_ops.pseudo_labels.prompts.prompt_masks import prompt_masks
from pass_ops.pseudo_labels.refinement import refine_labels
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionWriter
from pass_ops.sam.interface import Region
from pass_ops.segmentation.image_weights import image_weights
from pass_ops.tracking.tracker import NullTracker
from tests.sam.oracle import OracleSegmenter

CLUSTERS = 3
SPACE = "clustering-1"


class Tables:
    """What stages hand on about the images of a split, in `root`.

    Args:
        root: an empty folder.
        images: of the split.
    """

    def __init__(self, root: Path, images: Images) -> None:
        self.root, self.images = root, images
        self.made = root / "made"
        count = len(images)
        label = np.arange(count) % CLUSTERS
        rng = np.random.default_rng(1)
        rows = {
            "key": images.keys,
            "label": label,
            "given": label,
            "loss": rng.random(count),
            "flip_agrees": [True] * count,
            "confidence": rng.random(count),
            "nearest": [np.roll([0, 1, 2], -place) for place in label],
            "distances": np.sort(rng.random((count, 3))).tolist(),
            "margin": rng.random(count),
            "repeat": np.ones(count, np.int32),
            "label_space": SPACE,
        }
        LabelTable(pd.DataFrame(rows)).save(root / "labels.parquet")
        points = pd.DataFrame({"key": images.keys, "x": 3, "y": 2, "label": label})
        points.assign(foreground=0.5).to_parquet(root / "prompts.parquet")
        self._features(label, rng)
        self._maps(label)

    def _features(self, label: np.ndarray, rng: np.random.Generator) -> None:
        centres = np.eye(CLUSTERS, 8)[label]
        features = unit_rows(np.float32(centres + rng.normal(0, 0.02, centres.shape)))
        clusters = kmeans(features=features, clusters=CLUSTERS, iterations=5, restarts=1, seed=1)
        save_features(self.root / "features", self.images.keys, features)
        save_clusters(
            keys=self.images.keys,
            clusters=clusters,
            label_space=SPACE,
            centroids=self.root / "centroids",
            labels=self.root / "clusters.parquet",
        )

    def _maps(self, label: np.ndarray) -> None:
        attention = AttentionWriter(self.root / "attention")
        with (
            LabelMapWriter(self.root / "maps", {"label_space": SPACE}) as maps,
            RegionWriter(self.root / "regions", "classical") as regions,
        ):
            for key, cluster in zip(self.images.keys, label, strict=True):
                mask = self.truth(key) > 0
                maps.write(key, (mask * (cluster + 1)).astype(np.int32))
                region = Region(mask=mask, score=0.5, stability=0.9, box=(0, 0, 9, 9))
                regions.write(key, region_line(key, [region]))
                attention.write(key, np.full((4, 5), 0.5, np.float32), np.ones(3, np.float32))
        attention.close()

    def truth(self, key: str) -> LabelMap:
        """A square in the corner of an image, int32 [H, W]."""
        width, height = self.images.size(key)
        labels = np.zeros((height, width), np.int32)
        labels[: height // 2, : width // 2] = 1
        return labels

    def labels(self) -> LabelTable:
        """The table of labels, as a stage opens it."""
        return LabelTable.load(self.root / "labels.parquet")

    def prompt(self) -> None:
        """Prompt for masks."""
        prompt_masks(
            images=self.images,
            segmenter=OracleSegmenter(self.truth),
            label_maps=self.root / "maps",
            prompts=self.root / "prompts.parquet",
            attention_maps=self.root / "attention",
            image_labels=self.root / "labels.parquet",
            config=PromptConfig(processes=1),
            painted_maps=self.made / "painted",
            tracker=NullTracker(),
        )

    def refine(self) -> None:
        """Refine maps by regions."""
        refine_labels(
            crf_maps=self.root / "maps",
            regions=self.root / "regions",
            config=RefinementConfig(processes=1),
            refined_maps=self.made / "refined",
            tracker=NullTracker(),
        )

    def cluster(self) -> None:
        """Cluster again by the features."""
        cluster_selected(
            features=self.root / "features",
            previous=self.root / "centroids",
            kmeans=ClusteringConfig(restarts=1, iterations=3),
            selection=DistanceSelectionConfig(min_per_cluster=1, max_rounds=1),
            selected_2=self.made / "selected_2.parquet",
            selected_3=self.made / "selected_3.parquet",
            centroids=self.made / "centroids",
            labels=self.made / "labels.parquet",
            tracker=NullTracker(),
        )

    def weigh(self) -> None:
        """Weigh images by their labels' confidence."""
        image_weights(
            image_labels=self.root / "labels.parquet",
            label_maps=self.root / "maps",
            label_space=SPACE,
            images=self.images,
            by_confidence=True,
        )

    def judge(self) -> None:
        """Judge labels by classes."""
        truth = {key: 1 + place % CLUSTERS for place, key in enumerate(self.images.keys)}
        label_quality([("one", self.labels())], truth, CLUSTERS)


READERS: dict[str, tuple[str, Callable[[Tables], object]]] = {
    "select by distance": (
        "labels.parquet",
        lambda of: select_by_distance(of.labels(), CLUSTERS, DistanceSelectionConfig()),
    ),
    "select by loss": (
        "labels.parquet",
        lambda of: select_small_loss(of.labels(), CLUSTERS, SmallLossConfig()),
    ),
    "weigh": ("labels.parquet", Tables.weigh),
    "judge": ("labels.parquet", Tables.judge),
    "prompt for labels": ("labels.parquet", Tables.prompt),
    "prompt at points": ("prompts.parquet", Tables.prompt),
    "prompt in maps": ("maps/manifest.parquet", Tables.prompt),
    "prompt under attention": ("attention/00000.npz", Tables.prompt),
    "refine by regions": ("regions/manifest.parquet", Tables.refine),
    "cluster features": ("features/features.npy", Tables.cluster),
    "cluster keys": ("features/keys.txt", Tables.cluster),
    "cluster from centroids": ("centroids/centroids.npy", Tables.cluster),
}
"""What is read, and by what."""
