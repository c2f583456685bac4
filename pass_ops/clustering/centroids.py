"""Centroids on disk: `centroids.npy` and `centroids.json`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path

LEAST_NORM, MOST_NORM = 0.2, 1.0


@dataclass(frozen=True, kw_only=True)
class Centroids:
    """Attributes:
    values: [K, D] float32.
    label_space: name of the clustering that gives the ids their meaning.
    objectives: k-means objective of each restart.
    permutation: id in that space of each id that k-means gave, where the clustering was aligned to
        another.
    """

    values: NDArray[np.float32]
    label_space: str
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None = None

    @property
    def clustering(self) -> str:
        """Name of this very clustering; the label space, unless that is another's."""
        return name_label_space(self.values)

    def save(self, folder: Path) -> None:
        """Write both files."""
        facts = {
            "label_space": self.label_space,
            "clustering": self.clustering,
            "permutation": self.permutation,
            "norms": [float(norm) for norm in np.linalg.norm(self.values, axis=1)],
            "objectives": list(self.objectives),
        }
        with atomic_path(folder) as temporary:
            temporary.mkdir(parents=True)
            np.save(temporary / "centroids.npy", self.values)
            (temporary / "centroids.json").write_text(json.dumps(facts, indent=2) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Centroids:
        """Read and check what `save` wrote.

        Raises:
            ArtifactError: files missing, or centroids damaged (method 6.2).
        """
        try:
            values = np.load(folder / "centroids.npy", allow_pickle=False)
            facts = json.loads((folder / "centroids.json").read_text())
            permutation = facts["permutation"]
            centroids = cls(
                values=values,
                label_space=facts["label_space"],
                objectives=tuple(facts["objectives"]),
                permutation=None if permutation is None else tuple(permutation),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ArtifactError(
                f"{folder} holds no centroids ({error}): run the clustering stage again"
            ) from error
        check_centroids(centroids.values, str(folder))
        if centroids.permutation is not None and sorted(centroids.permutation) != list(
            range(len(values))
        ):
            raise ArtifactError(
                f"{folder}: the permutation is not one of {len(values)} clusters: align them again"
            )
        return centroids


def name_label_space(values: NDArray[np.float32]) -> str:
    """A label space's name: it changes whenever the centroids do."""
    return "clustering-" + hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:12]


def check_centroids(centroids: NDArray[np.float32], source: str) -> None:
    """Refuse centroids that cannot be means of unit vectors.

    Raises:
        ArtifactError: values that are not finite, or a norm outside (0.2, 1.0].
    """
    norms = np.linalg.norm(centroids.astype(np.float64), axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms <= LEAST_NORM) | (norms > MOST_NORM + 1e-5))
    if len(bad):
        shown = ", ".join(f"row {row} has norm {norms[row]:.3g}" for row in bad[:5])
        raise ArtifactError(
            f"{source}: {len(bad)} centroids are damaged or meaningless ({shown}; wanted above {LEAST_NORM}, at most 1): "
            "cluster again"
        )
