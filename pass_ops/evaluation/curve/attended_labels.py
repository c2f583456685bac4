"""Labels and attention of a split on disk, to be scored in full at the thresholds that matter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.evaluation.curve.attention_histogram import percents
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.reading import Truth
from pass_ops.evaluation.scoring.split_scores import Scores
from pass_ops.paths import LabelMapsPath


class AttendedLabelsWriter:
    """Adds images to a folder of labels and attention.

    Args:
        labels, attention: writers of the two.
    """

    def __init__(self, labels: LabelMapWriter, attention: LabelMapWriter) -> None:
        self._labels, self._attention = labels, attention

    def add(self, key: str, attention: npt.NDArray[np.float32], labels: LabelMap) -> None:
        """Add an image.

        Args:
            key: of the image.
            attention: float32 [H, W], 0..1, which is stored in percent.
            labels: int32 [H, W], 0..K, before any threshold.
        """
        self._labels.write(key, labels)
        self._attention.write(key, percents(attention).astype(np.int32))


@contextmanager
def write_attended_labels(folder: Path) -> Iterator[AttendedLabelsWriter]:
    """Write labels and attention into `folder`."""
    label_maps, attention_maps = _label_maps(folder)
    with LabelMapWriter(label_maps) as labels, LabelMapWriter(attention_maps) as attention:
        yield AttendedLabelsWriter(labels, attention)


def metrics_at(percent: int, folder: Path, truth: Truth) -> dict[str, float]:
    """Every metric at one threshold, with the clusters matched there.

    Args:
        percent: of attention, 0..100; what is below becomes background.
        folder: what `write_attended_labels` wrote.
        truth: of the split.
    """
    classes = len(truth.categories)
    labels, attention = map(LabelMaps, _label_maps(folder))
    scores = Scores(classes)
    for key in labels.keys:
        foreground = attention.read(key) >= percent
        prediction = np.where(foreground, labels.read(key), 0).astype(np.int32)
        scores.add(count_image(truth.mask(key), prediction, classes))
    return scores.under(scores.matching()).metrics


def _label_maps(folder: Path) -> tuple[LabelMapsPath, LabelMapsPath]:
    """Where the labels lie, and the attention in percent, which is stored like labels."""
    return LabelMapsPath(folder / "labels"), LabelMapsPath(folder / "percents")
