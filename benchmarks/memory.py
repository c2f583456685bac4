"""Memory of what holds something for every image: at three sizes, and at that of ImageNet-S919.

Each piece of work runs in a process of its own for each number of images. Counted is what it holds
beside the files that it maps into memory, which the system reads and drops as it likes. A straight
line through the three peaks gives bytes an image; the first process of a piece loads its libraries.

* `memory_<piece>`: 8 GiB over what 1.2 million images would hold.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from safetensors.numpy import save_file

from benchmarks.parts.memory import anonymous, memory_of
from benchmarks.parts.report import report
from benchmarks.parts.views_pace import Files
from pass_ops.clustering.cluster_labels import cluster_labels
from pass_ops.clustering.clusters import Clusters
from pass_ops.clustering.files import load_features, save_clusters, save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.clustering.labels import LabelTable
from pass_ops.clustering.selection import select_by_distance
from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.denoising import DistanceSelectionConfig, SmallLossConfig
from pass_ops.data.images import Images
from pass_ops.data.index import INDEX_SCHEMA, read_split
from pass_ops.data.label_maps.encoded import to_png
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.denoising.batches import image_loader, labelled_batches
from pass_ops.denoising.small_loss import select_small_loss
from pass_ops.engine.checkpoints.files import ARRAYS
from pass_ops.engine.checkpoints.shards import PIECES as PIECES_OF_SHARD
from pass_ops.engine.checkpoints.shards import KeptPieces
from pass_ops.evaluation.diagnostics.neighbours import knn_accuracy
from pass_ops.paths import (
    AttentionMapsPath,
    CentroidsPath,
    ClusterLabelsPath,
    FeaturesPath,
    ImageLabelsPath,
    LabelMapsPath,
    RegionsPath,
)
from pass_ops.pseudo_labels.attention_maps import AttentionMaps, AttentionWriter
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionFolder, RegionWriter
from pass_ops.sam.interface import Region

SIZES, SET = (25_000, 50_000, 100_000), 1_200_000
CLUSTERS, WIDTH = 50, 256
BYTES = 8 * 2.0**30


def main() -> None:
    """Print one line per piece of work."""
    for piece in PIECES:
        peaks = [_peak_of(piece, images) for images in SIZES]
        slope, start = np.polyfit(SIZES, peaks, 1)
        whole = start + slope * SET
        shown = ", ".join(f"{peak / 2**20:.0f}" for peak in peaks)
        report(
            name=f"memory_{piece}",
            ratio=BYTES / whole,
            floor=1.0,
            unit=f"x below 8 GiB ({slope:.0f} bytes an image; {shown} MiB at "
            f"{', '.join(map(str, SIZES))}; {whole / 2**30:.2f} GiB at {SET})",
        )


def _write_features(images: int, folder: Path) -> None:
    """Descriptors on disk."""
    # Positive, as what follows a ReLU is.
    rows = np.abs(np.random.default_rng(0).standard_normal((images, WIDTH), np.float32))
    save_features(FeaturesPath(folder / "features"), _keys(images), rows)


def cluster(folder: Path) -> None:
    """K-means of descriptors, and its table of labels."""
    keys, features = load_features(FeaturesPath(folder / "features"))
    clusters = kmeans(features=features, clusters=CLUSTERS, iterations=2, restarts=1, seed=31)
    save_clusters(
        keys=keys,
        clusters=clusters,
        label_space="benchmark",
        centroids=CentroidsPath(folder / "centroids"),
        labels=ClusterLabelsPath(ImageLabelsPath(folder / "labels.parquet")),
    )


def neighbours(folder: Path) -> None:
    """The nearest training images of others."""
    _, features = load_features(FeaturesPath(folder / "features"))
    knn_accuracy(
        train_features=features,
        train_classes=np.ones(len(features), np.int64),
        features=features[:1024],
        classes=np.ones(1024, np.int64),
    )


def _write_labels(images: int, folder: Path) -> None:
    """A table as classifiers write it, with the distances of a clustering."""
    rng = np.random.default_rng(0)
    order = np.tile(np.arange(CLUSTERS, dtype=np.int32), (images, 1))
    nearest = rng.permuted(order, axis=1)[:, :3]
    clusters = Clusters(
        centroids=np.zeros((CLUSTERS, 1), np.float32),
        assignment=nearest[:, 0].astype(np.int64),
        nearest=nearest,
        distances=np.sort(rng.random((images, 3), np.float32), axis=1),
        objectives=(0.0,),
    )
    table = cluster_labels(_keys(images), clusters, "benchmark")
    rows = table.rows.assign(
        given=table.labels.astype(np.int32),
        confidence=rng.random(images, np.float32),
        loss=rng.random(images, np.float32),
        flip_agrees=True,
    )
    LabelTable(rows).save(ImageLabelsPath(folder / "labels.parquet"))


def by_distance(folder: Path) -> None:
    """Selection by distance."""
    table = LabelTable.load(folder / "labels.parquet")
    select_by_distance(table, CLUSTERS, DistanceSelectionConfig()).save(folder / "selected.parquet")


def small_loss(folder: Path) -> None:
    """Selection by small loss."""
    table = LabelTable.load(folder / "labels.parquet")
    select_small_loss(table, CLUSTERS, SmallLossConfig()).save(folder / "selected.parquet")


def prompts(folder: Path) -> None:
    """The label that each image is prompted for."""
    table = LabelTable.load(folder / "labels.parquet")
    dict(zip(table.keys, table.labels.tolist(), strict=True))


def epoch(folder: Path) -> None:
    """The order in which a classifier is shown the images of an epoch."""
    table = LabelTable.load(folder / "labels.parquet")
    images, config = Images(Files(folder, table.keys)), ClassifierConfig()
    labelled_batches(
        loader=image_loader(images, config, len(table)),
        images=images,
        labels=table,
        order=np.arange(len(table)),
        config=config,
        epoch=0,
    )


def _write_keys(images: int, folder: Path) -> None:
    """As many keys as there are images."""
    (folder / "keys.txt").write_text("\n".join(_keys(images)))


def label_maps(folder: Path) -> None:
    """Writing label maps, and opening them."""
    labels = np.ones((8, 8), np.int32)
    with LabelMapWriter(LabelMapsPath(folder / "maps")) as writer:
        for key in (folder / "keys.txt").read_text().split():
            writer.write(key, labels)
    LabelMaps(LabelMapsPath(folder / "maps"))


def attention_maps(folder: Path) -> None:
    """Writing attention maps with distances, and opening them."""
    path = AttentionMapsPath(folder / "attention")
    writer = AttentionWriter(path)
    attention, distances = np.ones((8, 8), np.float32), np.ones(CLUSTERS, np.float32)
    for key in (folder / "keys.txt").read_text().split():
        writer.write(key, attention, distances)
    writer.close()
    AttentionMaps(path)


def regions(folder: Path) -> None:
    """Writing regions, and opening them."""
    region = Region(mask=np.ones((8, 8), bool), score=1.0, stability=1.0, box=(0, 0, 8, 8))
    with RegionWriter(RegionsPath(folder / "regions"), "classical") as writer:
        for key in (folder / "keys.txt").read_text().split():
            writer.write(key, region_line(key, [region]))
    RegionFolder(RegionsPath(folder / "regions"))


def _write_pieces(images: int, folder: Path) -> None:
    """What came of images, in shards as stages keep them."""
    keys, labels = _keys(images), to_png(np.ones((8, 8), np.int32))
    for start in range(0, images, PIECES_OF_SHARD):
        shard = folder / f"images-{start:06d}"
        shard.mkdir()
        kept = {f"{key}/png": labels for key in keys[start : start + PIECES_OF_SHARD]}
        save_file(kept, shard / ARRAYS)


def pieces(folder: Path) -> None:
    """Finding all pieces that tasks have kept."""
    KeptPieces(sorted(folder.iterdir()))


def _write_index(images: int, folder: Path) -> None:
    """The table of a packed set's files."""
    columns: dict[str, object] = {
        "key": list(_keys(images)),
        "split": ["train"] * images,
        "shard": [f"images/train-{number // 600:05d}.tar" for number in range(images)],
        "offset": list(range(images)),
        "bytes": [110_000] * images,
        "sha256": ["0" * 48 + key for key in _keys(images)],
        "width": [500] * images,
        "height": [375] * images,
    }
    pq.write_table(pa.table(columns, schema=INDEX_SCHEMA), folder / "index.parquet")


def index(folder: Path) -> None:
    """Where each image of a split lies."""
    read_split(folder / "index.parquet", INDEX_SCHEMA, "train")


PIECES = {
    "cluster": (_write_features, cluster),
    "neighbours": (_write_features, neighbours),
    "select_by_distance": (_write_labels, by_distance),
    "select_small_loss": (_write_labels, small_loss),
    "prompts": (_write_labels, prompts),
    "epoch": (_write_labels, epoch),
    "label_maps": (_write_keys, label_maps),
    "attention_maps": (_write_keys, attention_maps),
    "regions": (_write_keys, regions),
    "pieces": (_write_pieces, pieces),
    "index": (_write_index, index),
}


def _keys(images: int) -> tuple[str, ...]:
    return tuple(f"{number:016x}" for number in range(images))


def _peak_of(piece: str, images: int) -> float:
    """Most bytes that a piece of work adds, in a process of its own.

    Args:
        piece: of `PIECES`.
        images: for which it is done.
    """
    with tempfile.TemporaryDirectory() as folder:
        PIECES[piece][0](images, Path(folder))
        command = [sys.executable, "-m", "benchmarks.memory", piece, folder]
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        before = anonymous()
        print(memory_of(lambda: PIECES[sys.argv[1]][1](Path(sys.argv[2]))) - before)
    else:
        main()
