"""Artifacts of different label spaces are never used together (method 2.4)."""

from __future__ import annotations

import pytest

from pass_ops.clustering.label_space import same_space
from pass_ops.errors import ArtifactError


def test_the_shared_space_comes_back() -> None:
    assert (
        same_space({"runs/labels.parquet": "clustering-1", "runs/centroids": "clustering-1"})
        == "clustering-1"
    )
    assert same_space({"alone": "clustering-2"}) == "clustering-2"


def test_the_first_pair_that_differs_is_named_in_one_line() -> None:
    with pytest.raises(ArtifactError) as caught:
        same_space(
            {"labels": "clustering-a", "selected": "clustering-a", "centroids": "clustering-b"}
        )
    message = str(caught.value)
    for part in ("labels is", "clustering-a", "centroids of", "clustering-b"):
        assert part in message
    assert "selected" not in message
    assert "\n" not in message
