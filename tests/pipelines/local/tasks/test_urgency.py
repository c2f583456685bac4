"""Which tasks can wait."""

from __future__ import annotations

import pytest
import yaml

from pipelines.local.package import compile_local, local_training
from pipelines.local.tasks.urgency import MOST, niceness


def test_a_task_is_the_nicer_the_shorter_its_chain_is() -> None:
    graph = {"a": (), "b": ("a",), "c": ("b",), "side": ("a",), "alone": (), "end": ("c", "side")}
    assert niceness(graph) == {"a": 0, "b": 0, "c": 0, "side": 2, "alone": 6, "end": 0}


def test_of_two_longest_chains_neither_waits() -> None:
    assert niceness({"a": (), "b": ("a",), "c": ("a",)}) == {"a": 0, "b": 0, "c": 0}
    assert niceness({}) == {}


def test_there_is_a_largest_niceness() -> None:
    graph = {"0": (), **{str(number): (str(number - 1),) for number in range(1, 20)}, "alone": ()}
    assert niceness(graph)["alone"] == MOST


@pytest.fixture(scope="module")
def tasks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each task of a run on this machine depends on."""
    package = tmp_path_factory.mktemp("local") / "pipeline.yaml"
    compile_local(local_training(), package)
    spec = yaml.load(package.read_text(), yaml.CSafeLoader)
    assert not [name for name, one in spec["components"].items() if "dag" in one]
    return {
        name: task.get("dependentTasks", []) for name, task in spec["root"]["dag"]["tasks"].items()
    }


def test_of_a_run_what_is_measured_and_the_last_classifiers_wait(
    tasks: dict[str, list[str]],
) -> None:
    nice = niceness(tasks)
    assert {one for one in tasks if one.startswith(("train", "pretrain")) and not nice[one]} == {
        *("pretrain", "train-pixel-attention", "train-segmenter", "train-segmenter-2"),
        *("train-classifier", "train-classifier-2", "train-classifier-3"),
    }
    # Round 1 wants the labels of c, round 2 those of d.
    assert 0 < nice["train-classifier-4"] < nice["train-classifier-5"]
    assert nice["measure-baselines"] == nice["diagnose"] == MOST


def test_the_threshold_search_waits_for_no_classifier_that_it_does_not_use(
    tasks: dict[str, list[str]],
) -> None:
    needed, waiting = set[str](), ["search-threshold"]
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting += set(tasks[name]) - needed
    assert "train-classifier-3" in needed
    assert not needed & {"train-classifier-4", "train-classifier-5"}
