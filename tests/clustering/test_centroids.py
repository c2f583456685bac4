"""Centroids on disk."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from pass_ops.clustering.centroids import Centroids, name_label_space
from pass_ops.errors import ArtifactError

VALUES = np.random.default_rng(0).uniform(0.1, 0.3, (6, 8)).astype(np.float32)
CENTROIDS = Centroids(values=VALUES, label_space=name_label_space(VALUES), objectives=(2.5, 2.25))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CENTROIDS.save(tmp_path / "centroids")
    return tmp_path / "centroids"


def test_centroids_come_back_as_they_were(folder: Path) -> None:
    loaded = Centroids.load(folder)
    np.testing.assert_array_equal(loaded.values, VALUES)
    assert (loaded.label_space, loaded.objectives) == (CENTROIDS.label_space, (2.5, 2.25))
    facts = json.loads((folder / "centroids.json").read_text())
    assert facts["norms"] == pytest.approx(np.linalg.norm(VALUES, axis=1), rel=1e-5)


def test_an_aligned_clustering_keeps_its_own_name_and_its_permutation(tmp_path: Path) -> None:
    aligned = Centroids(
        values=VALUES,
        label_space="clustering-of-another",
        objectives=(2.5,),
        permutation=(1, 0, 2, 3, 5, 4),
    )
    aligned.save(tmp_path / "aligned")
    loaded = Centroids.load(tmp_path / "aligned")
    assert (loaded.label_space, loaded.permutation) == ("clustering-of-another", (1, 0, 2, 3, 5, 4))
    assert loaded.clustering == CENTROIDS.label_space
    assert (
        json.loads((tmp_path / "aligned" / "centroids.json").read_text())["clustering"]
        == CENTROIDS.label_space
    )


def test_a_clustering_keeps_the_centroids_that_it_went_on_from(tmp_path: Path) -> None:
    dataclasses.replace(CENTROIDS, previous=VALUES[::-1]).save(tmp_path / "third")
    third = Centroids.load(tmp_path / "third")
    assert third.of("clustering_3") is third
    second = third.of("clustering_2")
    np.testing.assert_array_equal(second.values, VALUES[::-1])
    assert second.label_space == third.label_space
    np.save(tmp_path / "third" / "previous.npy", VALUES[:5])
    with pytest.raises(ArtifactError, match=r"previous\.npy is of another shape"):
        Centroids.load(tmp_path / "third")


def test_centroids_that_went_on_from_none_have_no_earlier_ones(folder: Path) -> None:
    assert not (folder / "previous.npy").exists()
    with pytest.raises(ArtifactError, match=r"centroids = clustering_2 asks for .* from none"):
        Centroids.load(folder).of("clustering_2")


@pytest.mark.parametrize("permutation", [[0, 1, 2, 3, 4, 4], [0, 1, 2], [1, 2, 3, 4, 5, 6]])
def test_a_permutation_must_be_one_of_the_clusters(folder: Path, permutation: list[int]) -> None:
    facts = json.loads((folder / "centroids.json").read_text())
    (folder / "centroids.json").write_text(json.dumps(facts | {"permutation": permutation}))
    with pytest.raises(ArtifactError, match="not one of 6 clusters"):
        Centroids.load(folder)


def test_damaged_rows_are_refused_on_loading(folder: Path) -> None:
    damaged = VALUES.copy()
    damaged[2, 0] = -9.4e8
    np.save(folder / "centroids.npy", damaged)
    with pytest.raises(ArtifactError, match=r"1 centroids are damaged .*row 2"):
        Centroids.load(folder)


def test_other_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="holds no centroids"):
        Centroids.load(tmp_path)
    (folder / "centroids.json").write_text("{}")
    with pytest.raises(ArtifactError, match="holds no centroids"):
        Centroids.load(folder)


def test_nothing_is_unpickled(folder: Path) -> None:
    np.save(folder / "centroids.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ArtifactError, match="holds no centroids"):
        Centroids.load(folder)


def test_a_label_space_is_named_by_its_centroids() -> None:
    other = VALUES.copy()
    other[0, 0] += 1e-6
    assert name_label_space(VALUES) == name_label_space(VALUES.copy())
    assert name_label_space(other) != name_label_space(VALUES)
    assert name_label_space(VALUES[::-1]) != name_label_space(VALUES)
