from pathlib import Path
from typing import Any

import pytest
import yaml
from kfp import dsl

from pass_ops.errors import ConfigError
from pipelines.compile import check_package, compile_pipeline
from pipelines.local.pipeline import stage_names

Spec = dict[str, Any]


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def double(number: int) -> int:
    return 2 * number


@dsl.pipeline(name="inner")
def inner(number: int) -> int:
    return double(number=number).output


@dsl.pipeline(name="outer")
def outer(number: int) -> None:
    first = inner(number=number)
    double(number=first.output).set_display_name("double again")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "outer.yaml"
    compile_pipeline(outer, path)
    return path


def rewritten(package: Path, change: Any) -> Path:
    spec: Spec = yaml.safe_load(package.read_text())
    change(spec)
    package.write_text(yaml.safe_dump(spec))
    return package


def test_what_the_compiler_writes_passes(package: Path) -> None:
    check_package(package)


def test_the_stages_of_nested_pipelines_are_found_with_their_display_names(package: Path) -> None:
    assert sorted(stage_names(package).values()) == ["double", "double again"]


def test_an_unknown_field_is_refused(package: Path) -> None:
    with pytest.raises(ConfigError, match="colour"):
        check_package(rewritten(package, lambda spec: spec["pipelineInfo"].update(colour="red")))


def test_a_component_without_executor_is_refused(package: Path) -> None:
    def change(spec: Spec) -> None:
        spec["components"]["comp-double"]["executorLabel"] = "exec-gone"

    with pytest.raises(ConfigError, match=r"dangling.*exec-gone"):
        check_package(rewritten(package, change))


def test_a_task_without_component_is_refused(package: Path) -> None:
    def change(spec: Spec) -> None:
        spec["root"]["dag"]["tasks"]["inner"]["componentRef"]["name"] = "comp-gone"

    with pytest.raises(ConfigError, match=r"dangling.*comp-gone"):
        check_package(rewritten(package, change))


def test_a_pipeline_that_does_not_compile_leaves_the_old_file(package: Path) -> None:
    before = package.read_bytes()
    with pytest.raises(ValueError, match="Unsupported pipeline_func"):
        compile_pipeline("no pipeline", package)
    assert package.read_bytes() == before
    assert list(package.parent.iterdir()) == [package]
