"""Predictions as the benchmark reads them."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.data.decode import decode_mask
from pass_ops.errors import ArtifactError
from pass_ops.evaluation.files import MATCHING
from pass_ops.evaluation.scoring.export import export
from pass_ops.evaluation.scoring.matching import Matching
from tests.evaluation.predictions import CLUSTER_TO_CLASS, write_labels


def test_writes_clusters_as_predicted_and_the_matching_beside_them(splits, labels, tmp_path):
    truth = splits["validation"].truth
    folder = tmp_path / "export"
    export(
        predictions=write_labels(tmp_path / "labels", labels),
        truth=truth,
        matching=CLUSTER_TO_CLASS,
        folder=folder,
    )
    assert Matching.load(folder / MATCHING) == CLUSTER_TO_CLASS
    assert len(list(folder.glob("*/*.png"))) == len(truth.keys)
    for key in truth.keys:
        path = folder / f"{truth.path(key)}.png"
        assert np.array_equal(decode_mask(path.read_bytes(), path.name), labels[key])


def test_leaves_nothing_behind_when_a_prediction_is_missing(splits, labels, tmp_path):
    truth = splits["validation"].truth
    del labels[truth.keys[-1]]
    with pytest.raises(ArtifactError):
        export(
            predictions=write_labels(tmp_path / "labels", labels),
            truth=truth,
            matching=CLUSTER_TO_CLASS,
            folder=tmp_path / "export",
        )
    assert [path.name for path in tmp_path.iterdir()] == ["labels"]
