"""The image labels that a classifier is to learn."""

from __future__ import annotations

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.images import Images
from pass_ops.errors import ArtifactError
from pass_ops.paths import ImageLabelsPath


def load_targets(path: ImageLabelsPath, images: Images, clusters: int) -> LabelTable:
    """Read a table of labels of all images, or of a selection.

    Args:
        path: parquet file.
        images: the training split.
        clusters: K.

    Raises:
        ArtifactError: see `LabelTable`; images that the data set lacks, labels beyond `clusters`.
    """
    labels = LabelTable.load(path).require_clusters(clusters)
    unknown = sorted(set(labels.keys) - set(images.keys))
    if unknown:
        raise ArtifactError(
            f"{path} labels {len(unknown)} images (such as {unknown[0]}) that the data set lacks: "
            "label the same images"
        )
    return labels
