"""What a split scores without any learning: the metrics that a run is to be read beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.evaluation.diagnostics.ellipse_colour import colour_histograms, ellipse
from pass_ops.evaluation.scoring.counts import count_image
from pass_ops.evaluation.scoring.split_scores import Scores

FITS = 5
RESTARTS = 3
MOST_TRAINING_IMAGES = 10_000

Predict = Callable[[str], LabelMap]


@dataclass(frozen=True)
class Split:
    """A split with masks.

    Attributes:
        images, truth: of the split, with the same keys.
    """

    images: Images
    truth: GroundTruth


def baselines(train: Images, splits: Mapping[str, Split]) -> dict[str, dict[str, dict[str, float]]]:
    """Score two predictions that know nothing of objects.

    * `all_background`: 0 everywhere.
    * `ellipse_colour`: an ellipse at the centre of every image, its semi-axes 0.35 of width and
      height, labelled by k-means (K clusters, best of 3 restarts) on colour histograms of whole
      images: 8 x 8 x 8 RGB bins, square roots of frequencies. Fitted on the training images (the
      first 10 000 keys), matched on validation. One fit's mIoU strays by a tenth of itself, so
      these are means over 5 fits.

    Args:
        train: training images; their folders stay unknown.
        splits: splits to score by name; "validation" must be one.

    Returns:
        baseline -> split -> metrics (fractions 0..1, see `metrics`).
    """
    classes = len(splits["validation"].truth.categories)
    training = colour_histograms(train, train.keys[:MOST_TRAINING_IMAGES])
    histograms = {
        name: colour_histograms(split.images, split.truth.keys) for name, split in splits.items()
    }
    # Here, as scikit-learn takes a second of processor time to import.
    from sklearn.cluster import KMeans

    fits = []
    for fit in range(FITS):
        kmeans = KMeans(classes, n_init=RESTARTS, random_state=fit).fit(training)
        clusters = {name: kmeans.predict(rows) for name, rows in histograms.items()}
        fits.append(
            _score(
                {name: _ellipses(split, clusters[name]) for name, split in splits.items()}, splits
            )
        )
    means = {
        name: {
            metric: float(np.mean([fit[name][metric] for fit in fits])) for metric in fits[0][name]
        }
        for name in splits
    }
    return {
        "all_background": _score(
            {name: _background(split) for name, split in splits.items()}, splits
        ),
        "ellipse_colour": means,
    }


def _background(split: Split) -> Predict:
    """Predict nothing but background."""
    return lambda key: np.zeros(split.images.size(key)[::-1], dtype=np.int32)


def _ellipses(split: Split, clusters: npt.NDArray[np.int32]) -> Predict:
    """Predict an ellipse of the image's cluster.

    Args:
        split: its images are of any size.
        clusters: int32 [N], 0-based, in the order of the split's keys.
    """
    label = {
        key: np.int32(cluster + 1) for key, cluster in zip(split.truth.keys, clusters, strict=True)
    }

    def predict(key: str) -> LabelMap:
        width, height = split.images.size(key)
        return ellipse(height, width) * label[key]

    return predict


def _score(
    predict: Mapping[str, Predict], splits: Mapping[str, Split]
) -> dict[str, dict[str, float]]:
    """Metrics of each split's predictions, all by the matching of validation.

    Args:
        predict: makes the predictions of each split, in cluster space.
        splits: by the same names; "validation" is one.
    """
    classes = len(splits["validation"].truth.categories)
    scores = {name: Scores(classes) for name in splits}
    for name, split in splits.items():
        for key in split.truth.keys:
            scores[name].add(count_image(split.truth.mask(key), predict[name](key), classes))
    matching = scores["validation"].matching()
    return {name: of_split.under(matching).metrics for name, of_split in scores.items()}
