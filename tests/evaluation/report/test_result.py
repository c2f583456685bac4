"""result.json."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.evaluation.report.result import ALONE, COMPLETED, MaskRow, Result
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


def test_the_model_is_judged_alone_where_masks_completed_its_predictions() -> None:
    own = MaskRow(step=ALONE, validation={"miou": 0.414}, test={"miou": 0.326}, matching=(2, 1))
    better = replace(own, step=COMPLETED, test={"miou": 0.334})
    matched = replace(own, step=COMPLETED, matching=(1, 2))
    for other in (better, matched):
        assert replace(RESULT, mask_quality=(own, other)).alone == own
    same = replace(own, step=COMPLETED)
    for rows in ((), (better,), (own, same)):
        assert replace(RESULT, mask_quality=rows).alone is None


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"profile": "small"}', '{"validation": {}, "test": {}, "unknown": 1}']
)
def test_refuses_other_files(tmp_path, text):
    path = tmp_path / "result.json"
    path.write_text(text)
    with pytest.raises(ArtifactError, match=r"result\.json holds no result of a run"):
        Result.load(path)
