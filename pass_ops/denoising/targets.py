"""The image labels that a classifier is to learn."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pass_ops.clustering.labels import load_labels
from pass_ops.data.images import Images
from pass_ops.errors import ArtifactError


def load_targets(path: Path, images: Images, clusters: int) -> pd.DataFrame:
    """Read a table of labels of all images, or of a selection.

    Raises:
        ArtifactError: see `load_labels`; images that the data set lacks, clusters beyond
            `clusters`.
    """
    labels = load_labels(path)
    unknown = sorted(set(labels["key"]) - set(images.keys))
    if unknown:
        raise ArtifactError(
            f"{path} labels {len(unknown)} images (such as {unknown[0]}) that the data set lacks: label the same images"
        )
    highest = labels["label"].max()
    if highest >= clusters:
        raise ArtifactError(
            f"{path} has label {highest} of {clusters} clusters: cluster the data set again"
        )
    return labels
