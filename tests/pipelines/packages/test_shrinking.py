"""A package is made smaller, and stays what it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.compile import check_package, compile_pipeline
from pipelines.packages.shrinking import shrink_package
from pipelines.packages.workflow_size import ARGO_LIMIT, documents_of, workflow_size
from pipelines.training import training_pipeline

UNREAD = ("cpu_limit", "cpu_request", "memory_limit", "memory_request", "accelerator_count")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The training pipeline as KFP compiles it, and made smaller."""
    folder = tmp_path_factory.mktemp("build")
    before, after = folder / "before.yaml", folder / "after.yaml"
    compile_pipeline(training_pipeline, before)
    after.write_text(before.read_text())
    shrink_package(after)
    return before, after


def unfolded(package: Path) -> list[Any]:
    """Every task that the package runs, with all that its component, container and settings say."""
    spec, platform = yaml.safe_load_all(package.read_text())
    kubernetes = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]

    def visit(component: Any, path: str) -> list[Any]:
        found: list[Any] = []
        for name, task in component["dag"]["tasks"].items():
            called = dict(spec["components"][task.pop("componentRef", {"name": None})["name"]])
            executor = called.pop("executorLabel", None)
            if executor:
                container = spec["deploymentSpec"]["executors"][executor]
                found.append((f"{path}/{name}", task, called, container, kubernetes[executor]))
            else:
                inner = {key: value for key, value in called.items() if key != "dag"}
                found.append((f"{path}/{name}", task, inner, None, None))
                found += visit(yaml.safe_load(yaml.safe_dump(called)), f"{path}/{name}")
        return found

    return sorted(visit(spec["root"], ""), key=lambda entry: entry[0])


def without_what_nobody_reads(value: Any) -> Any:
    """A value without descriptions and inputs that the driver does not look at."""
    if isinstance(value, dict):
        dropped = (*UNREAD, "accelerator_type", "description")
        return {
            key: without_what_nobody_reads(one)
            for key, one in value.items()
            if key not in dropped or not isinstance(one, str | dict)
        }
    if isinstance(value, list | tuple):
        return [without_what_nobody_reads(one) for one in value]
    return value


def test_every_task_runs_what_it_ran(packages: tuple[Path, Path]) -> None:
    before, after = map(unfolded, packages)
    assert len(before) == len(after) > 60
    assert without_what_nobody_reads(before) == without_what_nobody_reads(after)


def test_no_two_components_are_equal(packages: tuple[Path, Path]) -> None:
    before, after = (documents_of(package) for package in packages)
    assert len(before[0]["deploymentSpec"]["executors"]) > 50
    contents = [str(one) for one in after[0]["deploymentSpec"]["executors"].values()]
    assert len(contents) == len(set(contents)) < 35


def test_it_is_still_valid_and_still_known_as_compiled(packages: tuple[Path, Path]) -> None:
    before, after = packages
    check_package(after)
    head = before.read_text().partition("\ncomponents:")[0]
    assert after.read_text().startswith(head)


def test_the_form_keeps_its_descriptions(packages: tuple[Path, Path]) -> None:
    root = documents_of(packages[1])[0]["root"]["inputDefinitions"]["parameters"]
    assert all(definition["description"] for definition in root.values())


def test_less_than_half_of_argos_limit_is_taken(packages: tuple[Path, Path]) -> None:
    before, after = (workflow_size(*documents_of(package)) for package in packages)
    assert after < 0.7 * before
    assert after < 0.4 * ARGO_LIMIT
