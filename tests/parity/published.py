"""The published arithmetic, written out plainly: one image, one id, one erosion at a time; and
random cases for it.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict

import numpy as np

IGNORE = 1000


def eroded(region):
    """One erosion by a 3x3 square, with one pixel of zeros around the image."""
    padded = np.pad(region, 1)
    height, width = region.shape
    result = np.ones_like(region)
    for dy in range(3):
        for dx in range(3):
            result &= padded[dy : dy + height, dx : dx + width]
    return result


def boundary_map(labels):
    """Ids + 1 where the pixel lies near another id or the border, else 0."""
    height, width = labels.shape
    steps = max(1, round(0.03 * math.sqrt(height**2 + width**2)))
    result = np.zeros_like(labels)
    for value in np.unique(labels + 1):
        region = labels + 1 == value
        inner = region
        for _ in range(steps):
            inner = eroded(inner)
        result[region & ~inner] = value
    return result


def size_name(percent):
    """The size of an object that covers so much of its image."""
    return "s" if percent <= 5 else "ms" if percent <= 25 else "ml" if percent <= 50 else "l"


def published_metrics(pairs, classes):
    """method 15.4 from its prose, over (truth, prediction) pairs."""
    counts = defaultdict(lambda: np.zeros((3, classes + 2)))

    def count(*, name, truth, prediction, shift):
        for value in range(classes + 1 + shift):
            counts[name][0, value] += np.sum((truth == value) & (prediction == value))
            counts[name][1, value] += np.sum(prediction == value)
            counts[name][2, value] += np.sum(truth == value)

    accuracy = f = 0.0
    for truth, prediction in pairs:
        known = truth != IGNORE
        edges_truth, edges_prediction = boundary_map(truth)[known], boundary_map(prediction)[known]
        truth, prediction = truth[known], prediction[known]
        count(name="all", truth=truth, prediction=prediction, shift=0)
        count(name="edges", truth=edges_truth, prediction=edges_prediction, shift=1)

        areas = [np.sum(prediction == c) for c in range(1, classes + 1)]
        label = 1 + areas.index(max(areas))
        accuracy += max(areas) > 0 and label in truth

        shared = np.sum((truth > 0) & (prediction > 0))
        if shared:
            precision, recall = shared / np.sum(prediction > 0), shared / np.sum(truth > 0)
            f += 1.3 * precision * recall / (0.3 * precision + recall)

        groups = defaultdict(list)
        for c in set(truth.tolist()) - {0}:
            groups[size_name(math.ceil(100 * np.sum(truth == c) / truth.size))].append(c)
        for name, members in groups.items():
            inside = np.isin(truth, [0, *members])
            count(name=f"all_{name}", truth=truth[inside], prediction=prediction[inside], shift=0)
            count(
                name=f"edges_{name}",
                truth=edges_truth[inside],
                prediction=edges_prediction[inside],
                shift=1,
            )

    def mean_iou(name, present_only):
        shared, predicted, actual = (
            counts[name][:, :-1] if name.startswith("all") else counts[name][:, 1:]
        )
        iou = shared / (predicted + actual - shared + 1e-10)
        values = iou[actual > 0] if present_only else iou
        return values.mean() if values.size else math.nan

    metrics = {
        "miou": mean_iou("all", False),
        "boundary_miou": mean_iou("edges", False),
        "acc": accuracy / len(pairs),
        "f": f / len(pairs),
    }
    for name in ("s", "ms", "ml", "l"):
        metrics[f"miou_{name}"] = mean_iou(f"all_{name}", True)
        metrics[f"boundary_miou_{name}"] = mean_iou(f"edges_{name}", True)
    return metrics


def random_labels(rng, shape, classes):
    """Background with a few rectangles and single pixels of any class."""
    labels = np.zeros(shape, dtype=np.int32)
    for _ in range(rng.integers(0, 4)):
        top, left = rng.integers(0, shape[0]), rng.integers(0, shape[1])
        height, width = rng.integers(1, shape[0] + 1), rng.integers(1, shape[1] + 1)
        labels[top : top + height, left : left + width] = rng.integers(1, classes + 1)
    specks = rng.random(shape) < rng.choice([0.0, 0.02])
    return np.where(specks, rng.integers(0, classes + 1, shape), labels).astype(np.int32)


def random_pair(rng, classes):
    """Truth, with or without ignored pixels, and a prediction that agrees with it or not."""
    shape = tuple(rng.integers(1, 46, 2))
    truth, prediction = random_labels(rng, shape, classes), random_labels(rng, shape, classes)
    agrees = rng.random() < 0.5
    prediction = (
        np.where(rng.random(shape) < 0.7, truth, prediction).astype(np.int32)
        if agrees
        else prediction
    )
    truth[rng.random(shape) < rng.choice([0.0, 0.05])] = IGNORE
    return truth, np.where(prediction == IGNORE, 0, prediction).astype(np.int32)


def published_matching(pairs, classes):
    """method 15.2 by trying every permutation: most images in common, then most pixels, then
    lowest ids.
    """
    images, pixels = np.zeros((classes + 1, classes + 1)), np.zeros((classes + 1, classes + 1))
    for truth, labels in pairs:
        truth, labels = truth[truth != IGNORE], labels[truth != IGNORE]
        for cluster, cls in itertools.product(set(labels.tolist()), set(truth.tolist())):
            images[cluster, cls] += 1
            pixels[cluster, cls] += np.sum((labels == cluster) & (truth == cls))

    def rank(permutation):
        matched = list(enumerate(permutation, start=1))
        return (
            sum(images[pair] for pair in matched),
            sum(pixels[pair] for pair in matched),
            sum(cluster * cls for cluster, cls in matched),
        )

    return max(itertools.permutations(range(1, classes + 1)), key=rank)


def random_pairs(seed):
    """One to four pairs of truth and prediction, and the number of classes."""
    rng = np.random.default_rng(seed)
    classes = int(rng.integers(1, 6))
    return [random_pair(rng, classes) for _ in range(rng.integers(1, 5))], classes
