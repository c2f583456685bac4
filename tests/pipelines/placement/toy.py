"""A small pipeline with a task of each class, and a look into what is compiled."""

from pathlib import Path
from typing import Any

import yaml
from kfp import dsl

from components.base import component
from components.placement import DEFAULTS
from pipelines.compile import compile_pipeline
from pipelines.placement.placed import placed, placed_root

Spec = dict[str, Any]


@component("train")
def toy_train(number: int) -> int:
    return number


@component("infer")
def toy_infer(number: int) -> int:
    return number


@component("post")
def toy_post(number: int) -> int:
    return number


@dsl.pipeline(name="inner")
@placed({"train", "infer"})
def inner(number: int, **_placement) -> int:
    """A sub-pipeline.

    Args:
        number: Any.
    """
    return toy_infer(number=toy_train(number=number).output).output


@dsl.pipeline(name="toy")
@placed_root
def toy(number: int, placement: dict = DEFAULTS) -> None:
    """A pipeline.

    Args:
        number: Any.
        placement: Where tasks run.
    """
    taken = {name: placement[name] for name in inner.component_spec.inputs if name in DEFAULTS}
    toy_post(number=inner(number=number, **taken).output)


def documents(pipeline: Any, folder: Path) -> tuple[Spec, Spec]:
    """The pipeline's specification, and its executors' settings for Kubernetes."""
    compile_pipeline(pipeline, folder / "pipeline.yaml")
    spec, platform = yaml.safe_load_all((folder / "pipeline.yaml").read_text())
    return spec, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]


def tasks(spec: Spec) -> list[Spec]:
    components = [spec["root"], *spec["components"].values()]
    return [
        task
        for component in components
        for task in component.get("dag", {}).get("tasks", {}).values()
    ]


def executor_of(spec: Spec, task: Spec) -> str:
    return str(spec["components"][task["componentRef"]["name"]].get("executorLabel", ""))
