"""Where an image's object is, told from its background by colour alone: the background reaches the
image's border.

Superpixels are judged by how much of the border they are connected to over similar colours (robust
background detection). No learning, no labels.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra
from skimage.segmentation import slic

Field = NDArray[np.float32]
Array = NDArray[np.float64]

SUPERPIXELS = 300
COLOUR_SIGMA = 10.0  # Lab units below which colours count as similar
SPACE_SIGMA = 0.3  # of the image's longer side
SMOOTHNESS = 0.1  # weight of neighbours whose colours differ


def saliency(rgb: NDArray[np.uint8]) -> Field:
    """How much each pixel belongs to an object: float32 [H, W] in [0, 1], of an RGB image [H, W,
    3].
    """
    height, width = rgb.shape[:2]
    if min(height, width) < 8:
        return np.full((height, width), 0.5, np.float32)
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    ids = slic(
        lab,
        SUPERPIXELS,
        compactness=10,
        convert2lab=False,
        start_label=0,
        enforce_connectivity=True,
    )
    count = int(ids.max()) + 1
    sizes = np.maximum(np.bincount(ids.ravel(), minlength=count), 1)
    colours = np.stack(
        [np.bincount(ids.ravel(), lab[..., c].ravel(), count) / sizes for c in range(3)], axis=1
    )
    rows, columns = np.indices(ids.shape)
    centres = np.stack(
        [np.bincount(ids.ravel(), axis.ravel(), count) / sizes for axis in (columns, rows)], axis=1
    )
    border = np.zeros(count, bool)
    border[np.concatenate([ids[0], ids[-1], ids[:, 0], ids[:, -1]])] = True
    if border.all():
        return np.full((height, width), 0.5, np.float32)

    first, second = _neighbours(ids)
    apart = np.linalg.norm(colours[:, None] - colours[None], axis=2)
    background = _background(apart=apart, first=first, second=second, border=border)
    near = np.exp(
        -(
            (
                np.linalg.norm(centres[:, None] - centres[None], axis=2)
                / max(height, width)
                / SPACE_SIGMA
            )
            ** 2
        )
        / 2
    )
    contrast = (apart * near * background).sum(axis=1)
    contrast = (contrast - contrast.min()) / max(float(np.ptp(contrast)), 1e-9)
    values = _optimise(
        contrast=contrast, background=background, apart=apart, first=first, second=second
    )
    return np.asarray(values[ids], np.float32)


def _neighbours(ids: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs (i, j), i < j, of superpixels that touch."""
    across = np.stack([ids[:, :-1].ravel(), ids[:, 1:].ravel()])
    down = np.stack([ids[:-1].ravel(), ids[1:].ravel()])
    pairs = np.sort(np.concatenate([across, down], axis=1), axis=0)
    pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
    return pairs[0], pairs[1]


def _background(
    *, apart: Array, first: NDArray[np.intp], second: NDArray[np.intp], border: NDArray[np.bool_]
) -> Array:
    """Probability [n] of being background: the border's share of what a superpixel is connected
    to.
    """
    count = len(border)
    edge = np.flatnonzero(border)
    # The border's superpixels count as neighbours of each other: objects may part the background.
    i, j = np.meshgrid(edge, edge, indexing="ij")
    left, right = np.concatenate([first, i[i < j]]), np.concatenate([second, j[i < j]])
    # Small steps are noise, which would add up along a path.
    noise = float(np.mean([np.partition(row, 2)[2] for row in apart]))
    steps = np.maximum(apart[left, right] - noise, 1e-6)
    pairs = np.unique(np.stack([left, right]), axis=1, return_index=True)[1]
    graph = coo_matrix((steps[pairs], (left[pairs], right[pairs])), shape=(count, count))
    reach = np.exp(-(dijkstra(graph, directed=False) ** 2) / (2 * COLOUR_SIGMA**2))
    connected = reach[:, border].sum(axis=1) / np.sqrt(reach.sum(axis=1))
    return np.asarray(1 - np.exp(-(connected**2) / 2))


def _optimise(
    *,
    contrast: Array,
    background: Array,
    apart: Array,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
) -> Array:
    """Values [n] in [0, 1] that are high at contrast, low at background, and alike where colours
    are.
    """
    links = np.exp(-(apart[first, second] ** 2) / (2 * COLOUR_SIGMA**2)) + SMOOTHNESS
    count = len(contrast)
    system = np.zeros((count, count))
    np.add.at(system, (first, second), -links)
    np.add.at(system, (second, first), -links)
    np.fill_diagonal(system, -system.sum(axis=1) + background + contrast)
    system[np.diag_indices(count)] += 1e-6
    return np.clip(np.linalg.solve(system, contrast), 0, 1)
