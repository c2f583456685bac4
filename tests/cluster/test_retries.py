"""What fails, and what happens then: Argo's rule for retries, on what we compile.

The rule is written down here from the sources of Argo Workflows 4.0.5 (workflow/controller, by
function), which KFP 2.17.0 installs, and of KFP 2.17.0. Nothing of either is run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
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
from pipelines.compile import compile_for_cluster
from pipelines.evaluate_model import evaluation_pipeline
from pipelines.images.pin import LOCK
from pipelines.placement.task import RETRIES, TIME_LIMIT

ROOT = Path(__file__).resolve().parents[2]
# manifests/kustomize/third-party/argo/base/workflow-controller-configmap-patch.yaml, KFP 2.17.0.
INSTALLED = {"limit": "2", "retryPolicy": "OnError"}
OURS = yaml.safe_load(
    yaml.safe_load((ROOT / "manifests/kfp/retries.yaml").read_text())["data"]["workflowDefaults"]
)["spec"]["templateDefaults"]["retryStrategy"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """How a node ends.

    Attributes:
        what: the row of docs/placement.md.
        phase: of the node: Argo knows failures and errors.
        message: of the node.
        source: where in Argo phase and message are made.
        stage: whether it is a stage's pod, and not a sub-pipeline.
    """

    what: str
    phase: str
    message: str
    source: str
    stage: bool = True


# Of a container that ended otherwise than with status 0: its name, reason, status and last words.
_ENDED = "operator.go, inferFailedReason: main container"
# KFP's launcher ends with status 1 whatever a stage ended with (cmd/launcher-v2/main.go, main).
_LAUNCHER = "main: Error (exit code 1)"
# A pod whose own status says why: taken as it is.
_POD = "operator.go, inferFailedReason: pod.Status.Message"
FAILURES = [
    Failure(
        what="wrong settings, data or artifacts",
        phase="Failed",
        message=f"{_LAUNCHER}: {IN_VAIN}: unknown configuration key pretrain.epoch",
        source=_ENDED,
    ),
    Failure(
        what="S3 or MLflow out of reach",
        phase="Failed",
        message=f"{_LAUNCHER}: s3://pass-data/a: cannot reach http://minio:9000",
        source=_ENDED,
    ),
    Failure(what="a defect, a GPU that fails", phase="Failed", message=_LAUNCHER, source=_ENDED),
    Failure(
        what="a stage killed for memory",
        phase="Failed",
        message="main: OOMKilled (exit code 137)",
        source=_ENDED,
    ),
    Failure(
        what="a pod evicted by its node",
        phase="Failed",
        message="The node was low on resource: memory.",
        source=_POD,
    ),
    Failure(
        what="a node that shuts down",
        phase="Failed",
        message="Pod was terminated in response to imminent node shutdown.",
        source=_POD,
    ),
    Failure(
        # The emissary hands SIGTERM on to the launcher, and ends as it does: emissary.go, main.go.
        what="a preempted pod whose end Argo sees",
        phase="Failed",
        message="main: Error (exit code 137)",
        source=_ENDED,
    ),
    Failure(
        what="a preempted pod that is gone before",
        phase="Error",
        message="pod deleted",
        source="operator.go, podReconciliation",
    ),
    Failure(
        what="the launcher cannot be copied into the pod",
        phase="Error",
        message="init: Error (exit code 1)",
        source="operator.go, inferFailedReason: init container",
    ),
    Failure(
        what="logs that cannot be archived",
        phase="Error",
        message="wait: Error (exit code 1)",
        source="operator.go, inferFailedReason: wait container",
    ),
    Failure(
        what="an attempt that takes too long",
        phase="Failed",
        message="Pod was active on the node longer than the specified deadline",
        source=_POD,
    ),
    Failure(
        what="a sub-pipeline in which a stage failed",
        phase="Failed",
        message="",
        source="dag.go, executeDAG: markNodePhase without a message",
        stage=False,
    ),
    Failure(
        what="a sub-pipeline in which a stage ended in an error",
        phase="Error",
        message="",
        source="dag.go, executeDAG: markNodePhase without a message",
        stage=False,
    ),
]


def merged(defaults: dict[str, Any], template: dict[str, Any]) -> dict[str, Any]:
    """A template's rule with the defaults of all: field by field, the template's own wins
    (operator.go, mergedTemplateDefaultsInto).

    Args:
        defaults: of the installation.
        template: what KFP's compiler gave it.
    """
    return {**defaults, **template}


def tries_again(rule: dict[str, Any], failure: Failure, attempts: int = 1) -> bool:
    """Whether a node is tried again (operator.go, processNodeRetries, without time).

    Args:
        rule: a retryStrategy.
        failure: how its last attempt ended.
        attempts: how many there were.
    """
    # workflow_types.go, RetryPolicyActual.
    policy = rule.get("retryPolicy") or ("Always" if rule.get("expression") else "OnFailure")
    wanted = {"Always": ("Failed", "Error"), "OnError": ("Error",), "OnFailure": ("Failed",)}
    if failure.phase not in wanted[policy] or attempts > int(rule["limit"]):
        return False
    return "expression" not in rule or evaluate(rule["expression"], failure.message)


def evaluate(expression: str, message: str) -> bool:
    """What Argo's expression language makes of our one expression.

    Args:
        expression: `a != 'text' && !(a contains 'text')`, `a` being lastRetry.message.
        message: the value of `a` (operator.go, buildRetryStrategyLocalScope).
    """
    form = r"lastRetry\.message != '(.*)' && !\(lastRetry\.message contains '(.*)'\)"
    empty, words = re.fullmatch(form, expression).groups()  # type: ignore[union-attr]
    return message != empty and words not in message


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """The compiled evaluation pipeline, which has stages of the classes infer and post."""
    path = tmp_path_factory.mktemp("build") / "evaluation.yaml"
    compile_for_cluster(pipeline=evaluation_pipeline, package=path, lock=LOCK, allow_tags="test")
    spec, platform = yaml.safe_load_all(path.read_text())
    return spec, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def stages(package: tuple[Any, Any]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each task of a stage, with its settings for Kubernetes."""
    spec, kubernetes = package
    return [
        (task, kubernetes[executor])
        for component in (spec["root"], *spec["components"].values())
        for task in component.get("dag", {}).get("tasks", {}).values()
        if (executor := spec["components"][task["componentRef"]["name"]].get("executorLabel"))
    ]


def rule_of(task: dict[str, Any]) -> dict[str, Any]:
    """What KFP makes of a task's retries: limit and backoff, and neither policy nor expression
    (argocompiler/container.go, getTaskRetryStrategyFromInput).
    """
    return {"limit": str(task["retryPolicy"]["maxRetryCount"])}


def expectation(text: str) -> bool:
    assert text in ("again", "again, as a whole", "fails"), text
    return text.startswith("again")


def documented() -> dict[str, tuple[bool, bool]]:
    """The table of docs/placement.md: whether it is tried again as KFP is installed, and with our
    setting.
    """
    text = (ROOT / "docs/placement.md").read_text().partition("## Retries")[2]
    rows = re.findall(r"^\| (.*?) \| (.*?) \| (.*?) \|$", text, re.MULTILINE)[1:]
    return {what: (expectation(installed), expectation(ours)) for what, installed, ours in rows}


def test_the_handbook_has_every_failure() -> None:
    assert documented().keys() == {failure.what for failure in FAILURES}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.what)
def test_what_happens_is_what_the_handbook_says(failure: Failure, package: tuple[Any, Any]) -> None:
    # A sub-pipeline's template has no rule of its own (argocompiler/dag.go).
    own = [rule_of(task) if failure.stage else {} for task, _ in stages(package)]
    found = {
        tuple(tries_again(merged(defaults, rule), failure) for defaults in (INSTALLED, OURS))
        for rule in own
    }
    assert found == {documented()[failure.what]}


def test_a_stage_is_tried_again_as_often_as_we_say(package: tuple[Any, Any]) -> None:
    lost = next(failure for failure in FAILURES if failure.what.startswith("S3"))
    for task, _ in stages(package):
        rule = merged(OURS, rule_of(task))
        count = task["retryPolicy"]["maxRetryCount"]
        assert tries_again(rule, lost, attempts=count)
        assert not tries_again(rule, lost, attempts=count + 1)


def test_no_attempt_is_cut_short_by_those_before(package: tuple[Any, Any]) -> None:
    # processNodeRetries: maxDuration counts from the first attempt's start, and is the deadline of
    # every later one. The time that pods wait for a node counts, too.
    longest = {
        float(task["retryPolicy"]["backoffMaxDuration"].rstrip("s")) for task, _ in stages(package)
    }
    for stage_class, count in RETRIES.items():
        waits = sum(60 * 2**attempt for attempt in range(count))
        assert min(longest) > 6 * ((count + 1) * TIME_LIMIT[stage_class] + waits)


def test_a_factor_is_a_whole_number(package: tuple[Any, Any]) -> None:
    # processNodeRetries reads it with intstr.Int32; another would be an error of every stage.
    for task, _ in stages(package):
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
    assert IN_VAIN in OURS["expression"]


def test_nothing_else_of_what_kfp_installs_is_changed() -> None:
    # workflow-controller-configmap-patch.yaml, as above: the key is replaced as a whole.
    text = yaml.safe_load((ROOT / "manifests/kfp/retries.yaml").read_text())["data"]
    assert text.keys() == {"workflowDefaults"}
    spec = yaml.safe_load(text["workflowDefaults"])["spec"]
    hour = dict.fromkeys(
        ("secondsAfterCompletion", "secondsAfterSuccess", "secondsAfterFailure"), 3600
    )
    assert spec == {"ttlStrategy": hour, "templateDefaults": {"retryStrategy": OURS}}
    assert OURS["limit"] == INSTALLED["limit"]
