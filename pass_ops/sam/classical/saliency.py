"""Where an image's object is, by colour alone: the background reaches the image's border.

Superpixels are judged by how much of the border they are connected to over similar colours (robust
background detection). No learning, no labels.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from pass_ops.sam.classical.superpixels import Superpixels, pairs_of, superpixels_of

Field = NDArray[np.float32]
Array = NDArray[np.float64]

COLOUR_SIGMA = 10.0
"""Distance in Lab below which colours count as similar."""
SPACE_SIGMA = 0.3
"""Distance below which superpixels count as near, as a part of the image's longer side."""
SMOOTHNESS = 0.1
"""Weight that neighbours pull each other with although their colours differ."""
MIN_SIDE = 8
"""Side in pixels below which an image has no superpixels worth the name."""


def saliency(rgb: NDArray[np.uint8]) -> Field:
    """How much each pixel of an image [H, W, 3] belongs to an object, [H, W] in [0, 1]."""
    height, width = rgb.shape[:2]
    unknown = np.full((height, width), 0.5, np.float32)
    if min(height, width) < MIN_SIDE:
        return unknown
    superpixels = superpixels_of(rgb)
    if superpixels.on_border.all():
        return unknown

    colours, centres = superpixels.colours, superpixels.centres
    colour_distances = _distances(colours)
    background = _background(superpixels, colour_distances)
    proximity = np.exp(-((_distances(centres) / max(height, width) / SPACE_SIGMA) ** 2) / 2)
    contrast = (colour_distances * proximity * background).sum(axis=1)
    contrast = (contrast - contrast.min()) / max(float(np.ptp(contrast)), 1e-9)
    values = _optimise(
        contrast=contrast,
        background=background,
        colour_distances=colour_distances,
        neighbours=superpixels.neighbours,
    )
    return np.asarray(values[superpixels.ids], np.float32)


def _distances(points: Array) -> Array:
    """Distances [n, n] of every two of the points [n, d]."""
    squares = [(values[:, None] - values) ** 2 for values in points.T]
    return np.sqrt(sum(squares[1:], squares[0]))


def _background(superpixels: Superpixels, colour_distances: Array) -> Array:
    """Probability [n] of being background: the border's share of what a patch is connected to.

    Args:
        superpixels: of the image.
        colour_distances: [n, n], of every two of them, in Lab.
    """
    count = len(colour_distances)
    border = np.flatnonzero(superpixels.on_border)
    # The border's superpixels count as neighbours of each other: objects may part the background.
    linked = np.zeros((count, count), bool)
    linked[tuple(superpixels.neighbours)] = True
    linked[np.ix_(border, border)] = True
    edges = pairs_of(linked)
    # Small steps are noise, which would add up along a path.
    noise = float(np.partition(colour_distances, 2, axis=1)[:, 2].mean())
    steps = np.maximum(colour_distances[edges[0], edges[1]] - noise, 1e-6)
    graph = coo_matrix((steps, (edges[0], edges[1])), shape=(count, count))
    reach = np.exp(-(dijkstra(graph, directed=False) ** 2) / (2 * COLOUR_SIGMA**2))
    connectivity = reach[:, superpixels.on_border].sum(axis=1) / np.sqrt(reach.sum(axis=1))
    return np.asarray(1 - np.exp(-(connectivity**2) / 2))


def _optimise(
    *, contrast: Array, background: Array, colour_distances: Array, neighbours: NDArray[np.intp]
) -> Array:
    """Values [n] in [0, 1], high at contrast, low at background, alike where colours are.

    Args:
        contrast: [n] in [0, 1].
        background: [n], probabilities.
        colour_distances: [n, n], in Lab.
        neighbours: [2, m], pairs that touch.
    """
    first, second = neighbours
    links = np.exp(-(colour_distances[first, second] ** 2) / (2 * COLOUR_SIGMA**2)) + SMOOTHNESS
    count = len(contrast)
    system = np.zeros((count, count))
    np.add.at(system, (first, second), -links)
    np.add.at(system, (second, first), -links)
    np.fill_diagonal(system, -system.sum(axis=1) + background + contrast)
    # Keeps the system solvable where a superpixel has neither contrast nor background.
    system[np.diag_indices(count)] += 1e-6
    return np.clip(np.linalg.solve(system, contrast), 0, 1)
