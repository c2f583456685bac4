"""The probability that a label is clean, by its loss (method 9.5, step 2)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

# Least variance of a component, of losses in 0..1: keeps one from shrinking onto a few equal
# losses.
LEAST_VARIANCE = 1e-4


def clean_probability(
    *, losses: Values, labels: NDArray[np.int64], clusters: int, least: int
) -> Values:
    """Posterior of the low component of a two-component Gaussian mixture of each cluster's losses.

    Losses are scaled to 0..1 within the cluster. Clusters with fewer than `least` images, or whose
    losses are all equal, are judged by a mixture of the losses of all images, scaled to 0..1 over
    these.

    Args:
        losses: float64 [N], finite.
        labels: int [N], 0..clusters-1.
        clusters: K.
        least: images that a cluster needs for a mixture of its own.

    Returns:
        float64 [N], 0..1; within a cluster a larger loss is never the cleaner one. 1 where all
        images have the same loss.
    """
    probability = np.ones(len(losses))
    rest = np.ones(len(losses), dtype=bool)
    for cluster in range(clusters):
        members = np.flatnonzero(labels == cluster)
        if len(members) >= least and np.ptp(losses[members]) > 0:
            probability[members] = _low_posterior(losses[members])
            rest[members] = False
    if rest.any() and np.ptp(losses) > 0:
        probability[rest] = _low_posterior(losses)[rest]
    return probability


def _low_posterior(losses: Values) -> Values:
    """Posterior of the component with the lower mean, for losses that are not all equal."""
    # Here, as scikit-learn takes a second of processor time to import.
    from sklearn.mixture import GaussianMixture

    scaled = ((losses - losses.min()) / np.ptp(losses))[:, None]
    mixture = GaussianMixture(2, reg_covar=LEAST_VARIANCE, max_iter=200, random_state=0).fit(scaled)
    means = mixture.means_[:, 0]
    # Beyond both means the wider component would win again, and the least losses would pass for the
    # noisiest.
    posterior: Values = mixture.predict_proba(np.clip(scaled, means.min(), means.max()))[
        :, means.argmin()
    ]
    return posterior
