"""Labels and attention of a split, kept on disk, to be scored in full at the thresholds that turn
out to matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.evaluation.curve.attention_histogram import percents
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.histogram import Labels
from pass_ops.evaluation.scoring.metrics import Scores
from pass_ops.evaluation.scoring.reading import Truth

LABELS, PERCENTS = "labels", "percents"


class KeepingWriter:
    """Adds images to a folder of kept labels."""

    def __init__(self, labels: LabelMapWriter, attention: LabelMapWriter) -> None:
        self._labels, self._attention = labels, attention

    def add(self, key: str, attention: npt.NDArray[np.float32], labels: Labels) -> None:
        """Keep the attention (float32 [H, W], 0..1) and the labels (int32 [H, W], no threshold
        applied) of an image.
        """
        self._labels.write(key, labels)
        self._attention.write(key, percents(attention).astype(np.int32))


@contextmanager
def keeping(folder: Path) -> Iterator[KeepingWriter]:
    """Write kept labels into `folder`."""
    with LabelMapWriter(folder / LABELS) as labels, LabelMapWriter(folder / PERCENTS) as attention:
        yield KeepingWriter(labels, attention)


def metrics_at(percent: int, folder: Path, truth: Truth) -> dict[str, float]:
    """Every metric with what is below `percent` of attention set to background, and clusters
    matched there.
    """
    classes = len(truth.categories)
    labels, attention, scores = (
        LabelMaps(folder / LABELS),
        LabelMaps(folder / PERCENTS),
        Scores(classes),
    )
    for key in labels.keys:
        cut = np.where(attention.read(key) >= percent, labels.read(key), 0).astype(np.int32)
        scores.add(count_image(truth.mask(key), cut, classes))
    return scores.under(scores.matching()).metrics
