"""How much of an image each class covers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pass_ops.data.ids import LabelMap


def class_areas(labels: LabelMap, classes: Sequence[str]) -> dict[str, float]:
    """Fractions of an image, largest first; classes that are not in it are left out.

    Args:
        labels: int32 [H, W] in 0..K.
        classes: names of the ids 0..K.
    """
    counts = np.bincount(labels.ravel(), minlength=len(classes))
    order = np.argsort(-counts, kind="stable")
    return {classes[id_]: float(counts[id_] / labels.size) for id_ in order if counts[id_]}
