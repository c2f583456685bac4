"""Placement: what each class of stage gets, as golden YAML, and that every stage of the pipelines
gets it.
"""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from kfp import dsl

from components.base import STAGE_CLASSES
from components.placement import DEFAULTS
from pipelines.placement.placed import fields_of, placed, placed_root
from tests.pipelines.placement.toy import Spec, executor_of, inner, tasks

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("stage_class", ["train", "infer", "post"])
def test_each_class_of_stage_is_placed_as_its_golden_file_says(
    compiled_toy: tuple[Spec, Spec], stage_class: str
) -> None:
    spec, kubernetes = compiled_toy
    executor = f"exec-toy-{stage_class}"
    (task,) = [task for task in tasks(spec) if executor_of(spec, task) == executor]
    container = spec["deploymentSpec"]["executors"][executor]["container"]
    found = {
        "kubernetes": kubernetes[executor],
        "container": {
            key: value for key, value in container.items() if key not in ("command", "args")
        },
        "task": {key: task[key] for key in ("inputs", "retryPolicy", "cachingOptions")},
    }
    assert found == yaml.safe_load((GOLDEN / f"{stage_class}.yaml").read_text())


def test_every_stage_is_placed(compiled: tuple[Spec, Spec]) -> None:
    spec, kubernetes = compiled
    executors = spec["deploymentSpec"]["executors"]
    assert set(kubernetes) == set(executors)
    classes = {
        name: settings["podMetadata"]["labels"]["pass-ops/stage-class"]
        for name, settings in kubernetes.items()
    }
    assert {"infer", "post"} <= set(classes.values())
    for name, executor in executors.items():
        resources = executor["container"]["resources"]
        # Kubernetes takes limits for requests.
        assert {"resourceCpuLimit", "resourceMemoryLimit"} <= resources.keys(), name
        assert not any("Request" in key for key in resources), name
        assert ("accelerator" in resources) == (classes[name] != "post"), name
    for task in tasks(spec):
        assert ("retryPolicy" in task) == bool(executor_of(spec, task)), task["taskInfo"]["name"]


def test_trainings_and_no_others_are_of_the_class_train() -> None:
    trainings = {name for name, stage_class in STAGE_CLASSES.items() if stage_class == "train"}
    assert trainings - {"toy-train"} == {
        name for name in STAGE_CLASSES if name.startswith(("train-", "pretrain"))
    }


def test_a_sub_pipeline_gets_the_fields_that_its_tasks_need_and_no_others(
    compiled: tuple[Spec, Spec],
) -> None:
    spec, kubernetes = compiled
    calls = [task for task in tasks(spec) if not executor_of(spec, task)]
    assert calls
    for call in calls:
        component = spec["components"][call["componentRef"]["name"]]
        given = {name for name in call["inputs"]["parameters"] if name in DEFAULTS}
        used = {
            source["componentInputParameter"]
            for task in component["dag"]["tasks"].values()
            for source in task["inputs"]["parameters"].values()
            if "componentInputParameter" in source
        }
        settings = [
            kubernetes[executor]
            for task in component["dag"]["tasks"].values()
            if (executor := executor_of(spec, task))
        ]
        used |= set(re.findall(r"'componentInputParameter': '(\w+)'", str(settings)))
        assert given == used & DEFAULTS.keys()


def test_every_field_comes_from_the_first_task(compiled: tuple[Spec, Spec]) -> None:
    spec, _ = compiled
    roots = spec["root"]["dag"]["tasks"]
    first = roots["resolve-placement"]
    assert "dependentTasks" not in first
    assert first["inputs"]["parameters"] == {"placement": {"componentInputParameter": "placement"}}
    for name, task in roots.items():
        if task is not first:
            assert "resolve-placement" in task["dependentTasks"], name
        for field, source in task["inputs"]["parameters"].items():
            if field in DEFAULTS:
                assert source["taskOutputParameter"] == {
                    "producerTask": "resolve-placement",
                    "outputParameterKey": field,
                }


def test_the_first_task_needs_no_placement(compiled: tuple[Spec, Spec]) -> None:
    spec, kubernetes = compiled
    settings = kubernetes["exec-resolve-placement"]
    assert not {"nodeSelector", "tolerations", "secretAsVolume", "pvcMount"} & settings.keys()
    container = spec["deploymentSpec"]["executors"]["exec-resolve-placement"]["container"]
    assert "{{" not in str(container["resources"])
    assert settings["imagePullSecret"] == kubernetes["exec-validate-data"]["imagePullSecret"]


def test_the_form_has_one_field_for_all_of_it(compiled_toy: tuple[Spec, Spec]) -> None:
    parameters = compiled_toy[0]["root"]["inputDefinitions"]["parameters"]
    assert parameters.keys() == {"number", "placement"}
    assert parameters["placement"]["defaultValue"] == DEFAULTS


@pytest.mark.parametrize(
    ("classes", "without"),
    [
        ({"train"}, {"infer", "post"}),
        ({"post"}, {"train", "infer", "kernel"}),
        ({"train", "infer", "post"}, set()),
    ],
)
def test_fields_are_those_of_the_classes(classes: set[Any], without: set[str]) -> None:
    names = {field.name for field in fields_of(classes)}
    assert names == {name for name in DEFAULTS if name.partition("_")[0] not in without}


def test_a_stage_of_no_class_is_not_overlooked() -> None:
    @dsl.component(base_image="python:3.11", install_kfp_package=False)
    def stray() -> int:
        return 1

    with pytest.raises(KeyError, match="stray"):

        @dsl.pipeline(name="careless")
        @placed_root
        def careless(placement: dict = DEFAULTS) -> None:
            """A pipeline.

            Args:
                placement: Where tasks run.
            """
            assert placement
            stray()


def test_a_sub_pipeline_that_is_not_told_its_placement_is_not_compiled() -> None:
    with pytest.raises(TypeError, match=r"missing .* required .*train_gpus"):

        @dsl.pipeline(name="careless")
        @placed_root
        def careless(placement: dict = DEFAULTS) -> None:
            """A pipeline.

            Args:
                placement: Where tasks run.
            """
            assert placement
            inner(number=1)


def test_a_pipeline_function_keeps_its_name_and_its_own_parameters() -> None:
    assert inner.name == "inner"
    function = placed({"post"})(lambda number, **placement: (number, placement))
    names = [field.name for field in fields_of({"post"})]
    assert list(inspect.signature(function).parameters) == ["number", *names]
