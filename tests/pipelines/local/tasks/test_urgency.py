"""Which tasks can wait."""

from __future__ import annotations

import pytest
import yaml

from pipelines.local.package import compile_local, local_training
from pipelines.local.tasks.urgency import can_wait


def test_what_is_on_no_longest_chain_can_wait() -> None:
    graph = {"a": (), "b": ("a",), "c": ("b",), "side": ("a",), "alone": (), "end": ("c", "side")}
    assert can_wait(graph) == {"side", "alone"}


def test_of_two_longest_chains_neither_waits() -> None:
    assert can_wait({"a": (), "b": ("a",), "c": ("a",)}) == frozenset()
    assert can_wait({}) == frozenset()


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
    assert {one for one in tasks if one.startswith(("train", "pretrain"))} - can_wait(tasks) == {
        *("pretrain", "train-pixel-attention", "train-segmenter", "train-segmenter-2"),
        *("train-classifier", "train-classifier-2", "train-classifier-3"),
    }
    assert {"measure-baselines", "diagnose", "prompt-masks-3"} < can_wait(tasks)


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
