"""Coarse pixel labels, points and image labels for every image of a split (method 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.label_space import same_space
from pass_ops.clustering.labels import NO_LABEL
from pass_ops.config.pseudo_labels import CoarseLabelsConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.transforms.scales import ReadScaled, Scales
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.progress import track
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.curve.curve_files import load_searched_threshold
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    CoarseMapsPath,
    CurvePath,
    PromptsPath,
    WeightsPath,
)
from pass_ops.pseudo_labels.attention_maps import AttentionWriter
from pass_ops.pseudo_labels.coarse_image import COARSE_IMAGE, CoarseImage, CoarseOfImage
from pass_ops.pseudo_labels.pixel_labels import PixelLabeller, pixel_settings
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import Tracker

STAGE = "make_coarse_labels"


def make_coarse_labels(
    *,
    images: Images,
    weights: WeightsPath,
    centroids: CentroidsPath,
    curve: CurvePath,
    config: CoarseLabelsConfig,
    coarse_maps: CoarseMapsPath,
    attention_maps: AttentionMapsPath,
    prompts: PromptsPath,
    tracker: Tracker,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Label the pixels of a split.

    Args:
        images: any split.
        weights, centroids: the network and its cluster centres.
        curve: what the threshold search wrote, in the centroids' label space and with the same
            settings of the pixels; its threshold is used unless `config` sets one.
        config: what the network sees, and what becomes of its attention.
        coarse_maps, attention_maps: folders to write: labels (0 background, else cluster id + 1)
            and foreground maps, with each image's distances to all centroids.
        prompts: parquet file to write, one row per image: key; x, y (brightest point, pixels);
            label (0-based cluster id, −2 for none); foreground (fraction of the area).
        tracker: gets the result.
        shards: what is done already.

    Returns:
        Mean foreground fraction, and the fraction of images without foreground.

    Raises:
        ArtifactError: the threshold was searched in another label space or with other settings, or
            leaves no foreground in any image.
    """
    centres = Centroids.load(centroids).of(config.centroids)
    threshold = _threshold(curve, {str(centroids): centres.label_space}, config)
    work = CoarseOfImage(PixelLabeller(weights, centres, config), threshold, config.compat)
    read = ReadScaled(images, Scales(config.sides, config.compat))
    rows: list[dict[str, object]] = []
    meta = {"label_space": centres.label_space, "threshold": threshold}
    with (
        LabelMapWriter(coarse_maps, meta) as writer,
        atomic_path(attention_maps, form_of(AttentionMapsPath)) as folder,
    ):
        attention_writer = AttentionWriter(folder)

        def label(keys: Sequence[str]) -> Iterator[tuple[str, CoarseImage]]:
            scaled = ahead(work=read, items=keys, workers=config.workers, name=images.name)
            return ((key, work(image)) for key, image in scaled)

        results = resumed(
            compute=label,
            keys=images.keys,
            codec=COARSE_IMAGE,
            shards=shards,
        )
        for key, coarse in track(results, STAGE, len(images)):
            x, y = coarse.point
            rows.append(
                {
                    "key": key,
                    "x": x,
                    "y": y,
                    "label": coarse.label,
                    "foreground": coarse.foreground,
                    "label_space": centres.label_space,
                }
            )
            writer.write_encoded(key, coarse.labels)
            attention_writer.write(key, coarse.attention, coarse.distances)
        attention_writer.close()
        _require_foreground(rows, threshold)
    table = pa.Table.from_pylist(rows)
    with atomic_path(prompts, form_of(PromptsPath)) as temporary:
        pq.write_table(table, temporary)
    metrics = {
        "foreground": float(table["foreground"].to_numpy().mean()),
        "without_foreground": float((table["label"].to_numpy() == NO_LABEL).mean()),
    }
    tracker.metrics(metrics)
    return metrics


def _threshold(curve: CurvePath, centroids: Mapping[str, str], config: CoarseLabelsConfig) -> float:
    """The searched threshold, if it was searched for such pixels, unless the settings set one.

    Args:
        curve: of the threshold search.
        centroids: their path, and their label space.
        config: of the pixels.
    """
    search = load_searched_threshold(curve)
    same_space({str(curve): search.label_space, **centroids})
    if search.pixels != pixel_settings(config):
        raise ArtifactError(
            f"the threshold of {curve} was searched with {search.pixels}, "
            f"{STAGE} has {pixel_settings(config)}: give both stages the same settings"
        )
    return search.threshold if config.threshold is None else config.threshold


def _require_foreground(rows: Sequence[Mapping[str, object]], threshold: float) -> None:
    """Refuse label maps that are empty throughout: a segmenter would learn to predict nothing.

    Args:
        rows: of the table of prompts.
        threshold: to name in the error.
    """
    if all(row["label"] == NO_LABEL for row in rows):
        raise ArtifactError(
            f"no pixel of any image reaches attention {threshold:.2f}: train pixel attention for "
            f"longer, or set {STAGE}.threshold or search_threshold.max_percent lower"
        )
