"""Arrays of ids of clusters or classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# One id per image, or whatever else has one. Clusters count from 0, classes from 1.
Ids = NDArray[np.int64]
# One id per pixel, [H, W]: 0 background, else cluster id + 1 or the class.
LabelMap = NDArray[np.int32]
