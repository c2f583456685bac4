"""Places of images among those of their cluster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.ids import Ids


def ranks(labels: Ids, *order: NDArray[np.float64]) -> Ids:
    """Place of each image within its cluster, 0 for the first.

    Args:
        labels: int [N].
        order: keys [N] to sort by, ascending, the most important first; equal images keep their
            order.

    Returns:
        int64 [N].
    """
    sequence = np.lexsort((*reversed(order), labels))
    grouped = labels[sequence]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    sizes = np.diff(np.r_[starts, len(grouped)])
    places = np.empty(len(labels), dtype=np.int64)
    places[sequence] = np.arange(len(labels)) - np.repeat(starts, sizes)
    return places
