"""Centroids on disk: `centroids.npy`, `centroids.json`; those that they went on from are
`previous.npy`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

import numpy as np

from pass_ops.clustering.rows import Rows, load_rows
from pass_ops.config.pseudo_labels import LAST_CLUSTERING
from pass_ops.errors import ArtifactError
from pass_ops.paths import CentroidsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reading

PREVIOUS = "previous.npy"
LEAST_NORM = 0.2
# Faiss gives an empty cluster half of another one, whose mean it shifts by 1/1024 of each
# coordinate either way, some means several times, after its last iteration too (Clustering.cpp,
# split_clusters).
MOST_NORM = 1.05


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """What `centroids.json` is read for; see `Centroids`."""

    label_space: str
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None


@dataclass(frozen=True, kw_only=True)
class Centroids:
    """The centres of a clustering, and what its ids mean.

    Attributes:
        values: float32 [K, D], means of unit rows.
        label_space: name of the clustering that gives the ids their meaning.
        objectives: k-means objective of each restart.
        permutation: id in that space of each id that k-means gave, where the clustering was aligned
            to another.
        previous: float32 [K, D], the centroids that this clustering went on from, under the same
            ids; None where there were none.
    """

    values: Rows
    label_space: str
    objectives: tuple[float, ...]
    permutation: tuple[int, ...] | None = None
    previous: Rows | None = None

    def of(self, clustering: str) -> Centroids:
        """These centroids, or those that they went on from.

        Args:
            clustering: `clustering_3` or `clustering_2`, one of `CENTROID_SETS` (method 7.2).

        Raises:
            ArtifactError: they went on from none.
        """
        if clustering == LAST_CLUSTERING:
            return self
        if self.previous is None:
            raise ArtifactError(
                f"centroids = {clustering} asks for those that clustering 3 went on from, but "
                "these went on from none: give what cluster-selected wrote"
            )
        return replace(self, values=self.previous, previous=None)

    @property
    def clustering(self) -> str:
        """Name of this very clustering; the label space, unless that is another's."""
        return name_label_space(self.values)

    def save(self, folder: CentroidsPath) -> None:
        """Write the files."""
        facts = {
            "label_space": self.label_space,
            "clustering": self.clustering,
            "permutation": self.permutation,
            "norms": [float(norm) for norm in np.linalg.norm(self.values, axis=1)],
            "objectives": list(self.objectives),
        }
        with atomic_path(folder, form_of(CentroidsPath)) as temporary:
            temporary.mkdir(parents=True)
            np.save(temporary / "centroids.npy", self.values)
            if self.previous is not None:
                np.save(temporary / PREVIOUS, self.previous)
            (temporary / "centroids.json").write_text(json.dumps(facts, indent=2) + "\n")

    @classmethod
    def load(cls, folder: CentroidsPath) -> Centroids:
        """Read and check what `save` wrote.

        Raises:
            ArtifactError: files missing, or centroids damaged (method 6.2).
        """
        with reading(path=folder, what="centroids", advice="run the clustering stage again"):
            values = load_rows(folder / "centroids.npy")
            facts = as_record(_Facts, parse_json(read_text(folder / "centroids.json")))
            previous = load_rows(folder / PREVIOUS) if (folder / PREVIOUS).exists() else None
            centroids = cls(values=values, previous=previous, **vars(facts))
        check_centroids(centroids.values, str(folder))
        if previous is not None:
            check_centroids(previous, f"{folder}/{PREVIOUS}")
            if previous.shape != values.shape:
                raise ArtifactError(
                    f"{folder}: {PREVIOUS} is of another shape than the centroids: cluster again"
                )
        if centroids.permutation is not None and sorted(centroids.permutation) != list(
            range(len(values))
        ):
            raise ArtifactError(
                f"{folder}: the permutation is not one of {len(values)} clusters: align them again"
            )
        return centroids


def name_label_space(values: Rows) -> str:
    """A label space's name: it changes whenever the centroids do."""
    return "clustering-" + hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()[:12]


def check_centroids(centroids: Rows, source: str) -> None:
    """Refuse centroids that cannot be means of unit vectors.

    Args:
        centroids: float32 [K, D].
        source: where they come from, for the error.

    Raises:
        ArtifactError: values that are not finite, or a norm outside (0.2, 1.05].
    """
    norms = np.linalg.norm(centroids.astype(np.float64), axis=1)
    bad = np.flatnonzero(~np.isfinite(norms) | (norms <= LEAST_NORM) | (norms > MOST_NORM))
    if len(bad):
        shown = ", ".join(f"row {row} has norm {norms[row]:.3g}" for row in bad[:5])
        raise ArtifactError(
            f"{source}: {len(bad)} centroids are damaged or meaningless ({shown}; "
            f"wanted above {LEAST_NORM}, at most {MOST_NORM}): cluster again"
        )
