"""result.json."""

from __future__ import annotations

import json

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.evaluation.report.result import Result
from tests.evaluation.report.example import RESULT


def test_result_json_has_null_where_nothing_was_measured(tmp_path):
    path = tmp_path / "result.json"
    RESULT.save(path)
    values = json.loads(
        path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON")
    )
    assert values["validation"] == {"miou": 0.25, "miou_s": None}
    assert values["baselines"]["all_background"]["test"]["miou_s"] is None
    assert values["learning"][1]["knn_accuracy"] is None
    assert values["stages"][0] == {
        "name": "pre-train",
        "seconds": 12.34,
        "peak_rss_mb": 812.6,
        "cached": False,
        "figure": "loss 3.2",
    }


def test_round_trip_restores_nan_and_types(tmp_path):
    path = tmp_path / "result.json"
    RESULT.save(path)
    loaded = Result.load(path)
    assert repr(loaded) == repr(RESULT)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"profile": "small"}', '{"validation": {}, "test": {}, "unknown": 1}']
)
def test_refuses_other_files(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(ArtifactError, match=r"result\.json holds no result of a run"):
        Result.load(path)
