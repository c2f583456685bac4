"""A package is made smaller, and stays what it was."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.placement import DEFAULTS
from components.run import COMMAND
from pass_ops.stages.declaration import SHARE
from pipelines.compile import check_package, compile_pipeline
from pipelines.packages.documents import documents_of
from pipelines.packages.shrinking import shrink_package
from pipelines.packages.typical_run import typical_outputs
from pipelines.packages.workflow_size import specification_size, workflow_size
from pipelines.training import training_pipeline

UNREAD = ("cpu_limit", "cpu_request", "memory_limit", "memory_request", "accelerator_count")

# Of resources that are no channels, for older drivers.
OLD = ("cpuLimit", "memoryLimit")


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
                # What a task gives is compared with it below.
                declared = called.pop("inputDefinitions", None)
                given = task.get("inputs", {}).get("parameters", {}).keys()
                assert declared is None or given >= declared.get("parameters", {}).keys() - {SHARE}
                container = spec["deploymentSpec"]["executors"][executor]
                found.append((f"{path}/{name}", task, called, container, kubernetes[executor]))
            else:
                inner = {key: value for key, value in called.items() if key != "dag"}
                found.append((f"{path}/{name}", task, inner, None, None))
                found += visit(yaml.safe_load(yaml.safe_dump(called)), f"{path}/{name}")
        return found

    return sorted(visit(spec["root"], ""), key=lambda entry: entry[0])


def without_what_nobody_reads(value: Any) -> Any:
    """A value without descriptions, versions, sources and inputs that no part of KFP looks at, and
    with short names of channels.
    """
    if isinstance(value, dict):
        dropped = (*UNREAD, "accelerator_type", "description", "schemaVersion", "command")
        return {
            short(key): without_what_nobody_reads(one)
            for key, one in value.items()
            if key not in OLD and (key not in dropped or not isinstance(one, str | dict | list))
        }
    if isinstance(value, list | tuple):
        return [without_what_nobody_reads(one) for one in value]
    return short(value) if isinstance(value, str) else value


def short(text: str) -> str:
    return re.sub(r"pipelinechannel--(resolve-placement-)?((train|infer|post)_)?", "", text)


def said_once(settings: Any) -> Any:
    """Settings for Kubernetes without the names that KFP's SDK writes a second time."""
    for mount in settings.get("pvcMount", ()):
        assert mount.pop("componentInputParameter", None) or mount.pop("taskOutputParameter")
    for kind in ("imagePullSecret", "secretAsVolume", "configMapAsVolume"):
        for one in settings.get(kind, ()):
            name = one.get("secretName") or one["configMapName"]
            (parameter,) = (key for key in one if key.endswith("Parameter"))
            assert one.pop(parameter) == {"runtimeValue": {"constant": name}}
            if one.get("optional") is False:
                del one["optional"]
    return settings


def test_every_task_runs_what_it_ran(packages: tuple[Path, Path]) -> None:
    before, after = map(unfolded, packages)
    assert len(before) == len(after) == 50
    before = [(*task, settings and said_once(settings)) for *task, settings in before]
    assert without_what_nobody_reads(before) == without_what_nobody_reads(after)


def test_a_stage_is_started_by_its_name(packages: tuple[Path, Path]) -> None:
    for _, task, _, container, _ in unfolded(packages[1]):
        if container:
            container = container["container"]
            assert tuple(container["command"]) == COMMAND
            assert container["args"][:3] == ["--executor_input", "{{$}}", "--function_to_execute"]
            assert task["taskInfo"]["name"].startswith(
                container["args"][3].removesuffix("_split").replace("_", "-")
            )


def test_containers_say_nothing_of_their_inputs(packages: tuple[Path, Path]) -> None:
    spec, _ = yaml.safe_load_all(packages[1].read_text())
    for component in spec["components"].values():
        assert ("inputDefinitions" in component) == ("dag" in component)
        assert component["outputDefinitions"]


def test_resources_name_an_input_of_their_task(packages: tuple[Path, Path]) -> None:
    found = 0
    for _, task, called, container, settings in unfolded(packages[1]):
        named = re.findall(r"inputs.parameters\['(.+?)'\]", str(container))
        given = task["inputs"].get("parameters", {})
        assert set(named) <= given.keys()
        # No input of the component's own.
        assert not set(named) & called.get("inputDefinitions", {}).get("parameters", {}).keys()
        if named:
            kind = settings["podMetadata"]["labels"]["pass-ops/stage-class"]
            assert {f"{kind}_{name}" for name in named} <= DEFAULTS.keys()
            assert ("pods" in given) == (kind == "train")
        found += len(named)
    assert found > 100


def test_no_two_components_are_equal(packages: tuple[Path, Path]) -> None:
    """Those of equal containers differ in where their placement comes from."""
    before, (spec, platform) = (documents_of(package) for package in packages)
    assert len(before[0]["deploymentSpec"]["executors"]) > 40
    kubernetes = platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    containers = spec["deploymentSpec"]["executors"]
    contents = [str((one, kubernetes[name])) for name, one in containers.items()]
    assert len(contents) == len(set(contents)) <= 31


def head_of(package: Path) -> list[tuple[str, Any]]:
    """What KFP's compiler says of a package: each line up to its default, and the default."""
    head = package.read_text().partition("\ncomponents:")[0]
    lines = [line.partition(" [Default: ") for line in head.splitlines()]
    # Dictionaries are equal in whatever order they are printed.
    return [(name, default and ast.literal_eval(default[:-1])) for name, _, default in lines]


def test_it_is_still_valid_and_still_known_as_compiled(packages: tuple[Path, Path]) -> None:
    before, after = packages
    check_package(after)
    assert head_of(after) == head_of(before)


def test_the_form_keeps_its_descriptions(packages: tuple[Path, Path]) -> None:
    root = documents_of(packages[1])[0]["root"]["inputDefinitions"]["parameters"]
    assert all(definition["description"] for definition in root.values())


def test_half_of_argos_room_is_enough(packages: tuple[Path, Path]) -> None:
    spec, platform = documents_of(packages[1])
    assert workflow_size(spec=spec, platform=platform, known=typical_outputs()).share < 0.5
    before = specification_size(*documents_of(packages[0]))
    assert specification_size(spec, platform) < 0.67 * before
