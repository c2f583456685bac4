"""What fails, and what happens then: what Argo's own code, at the version that KFP 2.17.0 installs,
makes of each failure (golden/README.md), beside the table of docs/placement.md.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pass_ops.engine.last_words import IN_VAIN
from pass_ops.errors import (
    ArtifactError,
    ConfigError,
    DataError,
    PassError,
    StorageError,
    TrainingError,
)
from pass_ops.planning.limits import MOST
from pipelines.compile import compile_for_cluster
from pipelines.evaluate_model import evaluation_pipeline
from pipelines.images.pin import LOCK
from pipelines.placement.task import HOUR, RETRIES
from tests.cluster.golden import cases

ROOT = Path(__file__).resolve().parents[2]
MADE = json.loads(cases.RETRIES.read_text())
ANSWERS: dict[str, list[dict[str, Any]]] = MADE["answers"]
ANEW = "make the golden retries anew (tests/cluster/golden/README.md)"
OURS = cases.rules()["ours"]


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Each task of a stage of the evaluation pipeline, which has stages of infer and post."""
    path = tmp_path_factory.mktemp("build") / "evaluation.yaml"
    compile_for_cluster(pipeline=evaluation_pipeline, package=path, lock=LOCK, allow_tags="test")
    spec = next(yaml.safe_load_all(path.read_text()))
    return [
        task
        for component in (spec["root"], *spec["components"].values())
        for task in component.get("dag", {}).get("tasks", {}).values()
        if "executorLabel" in spec["components"][task["componentRef"]["name"]]
    ]


def documented() -> dict[str, tuple[str, str]]:
    """The table of docs/placement.md: what happens as KFP is installed, and with our setting."""
    text = (ROOT / "docs/placement.md").read_text().partition("## Retries")[2]
    text = text.partition("\n## ")[0]
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)[1:]
    return {what: (installed, ours) for what, installed, ours in rows}


def outcome(answer: dict[str, Any], rule: str) -> str:
    """How the table says it: fails, again, or again, as a whole."""
    if not answer["retries"][rule]:
        return "fails"
    return "again, as a whole" if answer["what"].startswith("a sub-pipeline") else "again"


def test_the_goldens_are_of_our_rules_and_failures() -> None:
    assert (MADE["rules"], MADE["failures"]) == (cases.rules(), cases.FAILURES), ANEW
    own = json.loads(cases.GOLDEN.read_text())["retries"]
    assert {int(one["limit"]) for one in own} == set(RETRIES.values()), ANEW
    assert [one["limit"] for one in own] == list(ANSWERS), ANEW
    assert MADE["argo"] in cases.RETRIES.name


@pytest.mark.parametrize("limit", ANSWERS)
def test_what_happens_is_what_the_handbook_says(limit: str) -> None:
    found = {
        one["what"]: (outcome(one, "installed"), outcome(one, "ours")) for one in ANSWERS[limit]
    }
    assert found == documented()


def test_a_stage_is_tried_again_as_often_as_we_say(tasks: list[dict[str, Any]]) -> None:
    for limit, answers in ANSWERS.items():
        counts = {one["retries"]["ours"] for one in answers}
        assert counts == {0, int(limit)}
    assert {task["retryPolicy"]["maxRetryCount"] for task in tasks} <= set(RETRIES.values())


def test_our_last_words_are_what_the_rule_looks_for() -> None:
    assert IN_VAIN in OURS["expression"]
    (answer,) = [one for one in ANSWERS["3"] if one["what"].startswith("wrong settings")]
    assert IN_VAIN in answer["message"]


def test_no_attempt_is_cut_short_by_those_before(tasks: list[dict[str, Any]]) -> None:
    # processNodeRetries: maxDuration counts from the first attempt's start, and is the deadline of
    # every later one. The time that pods wait for a node counts, too.
    longest = {float(task["retryPolicy"]["backoffMaxDuration"].rstrip("s")) for task in tasks}
    for count in RETRIES.values():
        waits = sum(60 * 2**attempt for attempt in range(count))
        assert min(longest) > 6 * ((count + 1) * MOST * HOUR + waits)


def test_a_factor_is_a_whole_number(tasks: list[dict[str, Any]]) -> None:
    # processNodeRetries reads it with intstr.Int32; another would be an error of every stage.
    for task in tasks:
        assert float(task["retryPolicy"]["backoffFactor"]).is_integer()


@pytest.mark.parametrize(
    ("kind", "passing"),
    [
        (ConfigError, False),
        (DataError, False),
        (ArtifactError, False),
        (TrainingError, False),
        (StorageError, True),
    ],
)
def test_what_would_fail_again_is_known_by_its_kind(kind: type[PassError], passing: bool) -> None:
    assert kind.passing is passing


def test_nothing_else_of_what_kfp_installs_is_changed() -> None:
    # workflow-controller-configmap-patch.yaml, as in cases.rules: the key is replaced as a whole.
    text = yaml.safe_load((ROOT / "manifests/kfp/retries.yaml").read_text())["data"]
    assert text.keys() == {"workflowDefaults"}
    spec = yaml.safe_load(text["workflowDefaults"])["spec"]
    hour = dict.fromkeys(
        ("secondsAfterCompletion", "secondsAfterSuccess", "secondsAfterFailure"), 3600
    )
    assert spec == {"ttlStrategy": hour, "templateDefaults": {"retryStrategy": OURS}}
    assert OURS["limit"] == cases.rules()["installed"]["limit"]
