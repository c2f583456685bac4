"""Declarations of stages, and what follows from them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import field
from typing import Any

import docstring_parser
import pytest

import pass_ops.stages
from pass_ops.config.masks import CrfConfig
from pass_ops.paths import (
    CentroidsPath,
    ClusterLabelsPath,
    PretrainedWeightsPath,
    SelectedLabelsPath,
)
from pass_ops.stages.builder import building
from pass_ops.stages.declaration import DECLARATIONS, Declaration, Metrics, Port, Stage, stage
from pass_ops.tracking.tracker import Tracker

ALL = list(DECLARATIONS.values())
NAMES = [declaration.name for declaration in ALL]


def port(kind: Any) -> Port:
    return Port(name="x", kind=kind, output=False)


def test_a_field_is_an_artifact_settings_or_a_parameter_by_its_type() -> None:
    for artifact in (CentroidsPath, PretrainedWeightsPath, ClusterLabelsPath | SelectedLabelsPath):
        assert port(artifact).is_artifact
        assert not port(artifact).is_settings
    assert port(CrfConfig).is_settings
    for kind in (CrfConfig, str, float):
        assert not port(kind).is_artifact
    assert not port(str).is_settings


@pytest.fixture
def declared() -> Any:
    """A stage that is declared for the length of a test."""

    @stage(step="9", stage_class="post", headline="miou", named_by="split")
    class MakeSomething(Stage):
        """Make something."""

        split: str
        centroids: CentroidsPath
        config: CrfConfig
        labels: ClusterLabelsPath = field(init=False)

        def run(self, _: Tracker) -> Metrics:
            return {}

    yield MakeSomething
    del DECLARATIONS["make_something"]


def test_the_name_is_that_of_the_class_and_each_use_adds_its_own(declared: Any) -> None:
    declaration = declared.declaration
    assert DECLARATIONS["make_something"] is declaration
    assert declaration.run_name({"split": "test"}) == "make_something_test"
    assert [port.name for port in declaration.inputs] == ["split", "centroids", "config"]
    assert [port.name for port in declaration.outputs] == ["labels"]


def test_a_builder_says_what_the_outputs_are(declared: Any) -> None:
    class Numbers:
        def add(self, stage: Stage) -> Mapping[str, Any]:
            assert isinstance(stage, declared)
            return {"labels": 7}

        def open(self, box: Any, arguments: Mapping[str, Any]) -> Any:
            raise NotImplementedError

    values = {"split": "test", "centroids": 1, "config": 2}
    with building(Numbers()):
        assert declared(**values).labels == 7
    assert not hasattr(declared(**values), "labels")


def test_a_field_without_a_value_is_refused(declared: Any) -> None:
    with pytest.raises(TypeError, match="config"):
        declared(split="test", centroids=1)


def test_every_stage_is_exported_and_declared_once() -> None:
    classes = {declaration.stage.__name__ for declaration in ALL}
    assert classes == set(pass_ops.stages.__all__)
    assert len({declaration.run_as for declaration in ALL}) == len(ALL)


@pytest.mark.parametrize("declaration", ALL, ids=NAMES)
def test_every_field_is_described_and_nothing_else(declaration: Declaration) -> None:
    text = docstring_parser.parse(inspect.getdoc(declaration.stage) or "")
    assert text.short_description
    assert [one.arg_name for one in text.params] == [port.name for port in declaration.ports]
    assert all((one.description or "").endswith((".", "…")) for one in text.params)


@pytest.mark.parametrize("declaration", ALL, ids=NAMES)
def test_every_stage_writes_something_and_is_named_by_one_of_its_parameters(
    declaration: Declaration,
) -> None:
    assert declaration.outputs
    assert all(port.is_artifact for port in declaration.outputs)
    parameters = {
        port.name for port in declaration.inputs if not port.is_artifact and not port.is_settings
    }
    assert declaration.named_by in {"", *parameters}
