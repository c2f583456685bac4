"""Placement: what each class of stage gets, as golden YAML, and that every stage of the pipeline
gets it.
"""

import ast
import inspect
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from kfp import dsl
from rich.console import Console

from components.base import STAGE_CLASSES, component
from components.placement import DEFAULTS
from pass_ops.errors import ConfigError
from pass_ops.planning.limits import LEAST, hours_allowed, longest_hours
from pipelines.compile import check_package, cluster_pipelines, compile_pipeline
from pipelines.local.package import compile_local
from pipelines.local.pipeline import run_package, stage_names
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import Lines
from pipelines.placement.placed import fields_of, placed, placed_root
from pipelines.placement.task import HOUR, RETRIES, SCRATCH

ROOT = Path(__file__).resolve().parents[3]
GOLDEN = Path(__file__).with_name("golden")
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


@pytest.fixture(scope="module")
def compiled_toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Spec, Spec]:
    return documents(toy, tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module", params=["training", "evaluation"])
def compiled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Spec, Spec]:
    return documents(cluster_pipelines()[request.param], tmp_path_factory.mktemp(request.param))


def tasks(spec: Spec) -> list[Spec]:
    components = [spec["root"], *spec["components"].values()]
    return [
        task
        for component in components
        for task in component.get("dag", {}).get("tasks", {}).values()
    ]


def executor_of(spec: Spec, task: Spec) -> str:
    return str(spec["components"][task["componentRef"]["name"]].get("executorLabel", ""))


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


def test_an_unknown_field_for_kubernetes_is_refused(tmp_path: Path) -> None:
    package = tmp_path / "toy.yaml"
    compile_pipeline(toy, package)
    placed_before = "          podMetadata:"
    package.write_text(
        package.read_text().replace(placed_before, f"          colour: red\n{placed_before}")
    )
    with pytest.raises(ConfigError, match="colour"):
        check_package(package)


def test_settings_of_an_executor_that_is_not_there_are_refused(tmp_path: Path) -> None:
    package = tmp_path / "toy.yaml"
    compile_pipeline(toy, package)
    spec, platform = package.read_text().split("\n---\n")
    package.write_text(f"{spec}\n---\n{platform.replace('exec-toy-post', 'exec-gone')}")
    with pytest.raises(ConfigError, match=r"dangling.*exec-gone"):
        check_package(package)


def test_secrets_are_named_and_never_contained(compiled: tuple[Spec, Spec]) -> None:
    spec, kubernetes = compiled
    for name, settings in kubernetes.items():
        if name == "exec-resolve-placement":
            continue
        mounted = {
            one["secretName"]: (one["mountPath"], one["optional"])
            for one in settings["secretAsVolume"]
        }
        assert mounted == {
            "pass-s3": ("/etc/pass-ops/s3", False),
            "kfp-mlflow-credentials": ("/etc/pass-ops/mlflow", True),
        }, name
        assert "secretAsEnv" not in settings
    # Neither the environment of a container nor an input holds what is secret.
    assert not any(
        "env" in executor["container"] for executor in spec["deploymentSpec"]["executors"].values()
    )
    inputs = spec["root"]["inputDefinitions"]["parameters"]
    assert not [name for name in inputs if re.search(r"password|token|access_key|secret_key", name)]


def test_nothing_that_is_compiled_reads_the_environment() -> None:
    """An environment variable would be frozen at the value that it has on the machine that
    compiles.
    """
    sources = {
        path
        for folder in ("components", "pipelines/steps", "pipelines/placement", "pass_ops/graph")
        for path in (ROOT / folder).rglob("*.py")
    }
    sources |= {
        ROOT / "pipelines" / f"{name}.py"
        for name in ("compile", "training", "evaluate_model", "images/pin")
    }
    assert len(sources) > 40
    reads = {"environ", "getenv", "environb"}
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            names = {
                getattr(node, "attr", None),
                getattr(node, "id", None),
                getattr(node, "name", None),
            }
            assert not names & reads, f"{source.name}: line {getattr(node, 'lineno', '?')}"


def test_a_pipeline_function_keeps_its_name_and_its_own_parameters() -> None:
    assert inner.name == "inner"
    function = placed({"post"})(lambda number, **placement: (number, placement))
    names = [field.name for field in fields_of({"post"})]
    assert list(inspect.signature(function).parameters) == ["number", *names]


def test_a_local_run_gets_no_retries(tmp_path: Path) -> None:
    compile_local(toy, tmp_path / "local.yaml")
    (spec,) = yaml.safe_load_all((tmp_path / "local.yaml").read_text())
    assert len(tasks(spec)) == 5
    assert not any("retryPolicy" in task for task in tasks(spec))


def test_a_local_run_ignores_placement(tmp_path: Path) -> None:
    package = tmp_path / "run" / "local.yaml"
    compile_local(toy, package)
    with TaskLog(tmp_path / "log", Lines(Console(file=StringIO())), stage_names(package)) as log:
        run_package(
            package=package,
            arguments={"number": 3, "placement": {"train_gpus": 8, "train_nodes": {"a": "b"}}},
            state=tmp_path,
            sources=[],
            cache=True,
            log=log,
        )
    assert [executed.name for executed in log.tasks] == [
        *("resolve-placement", "toy-train", "toy-infer", "toy-post")
    ]
    assert log.failure is None


def test_the_handbook_has_every_field_with_its_default() -> None:
    rows = {
        name.strip("` "): default.strip("` ")
        for name, default, _ in (
            line.strip("|").split("|", 2)
            for line in (ROOT / "docs" / "placement.md").read_text().splitlines()
            if line.startswith("| `")
        )
    }
    documented = {name: json.loads(rows[name]) for name in DEFAULTS if name in rows}
    assert documented == DEFAULTS


def test_the_handbook_says_what_is_constant() -> None:
    text = (ROOT / "docs" / "placement.md").read_text()
    for about, values in {
        "`/tmp`, on the node's disk": SCRATCH,
        "retries, after 60, 120 and 240 s": RETRIES,
    }.items():
        assert f"| {about} | {values['train']} | {values['infer']} | {values['post']} |" in text


def test_every_stage_has_the_time_limit_of_its_plan(compiled: tuple[Spec, Spec]) -> None:
    spec, kubernetes = compiled
    names = {executor_of(spec, task): task["componentRef"]["name"] for task in tasks(spec)}
    for executor, settings in kubernetes.items():
        stage = re.sub(r"-\d+$", "", names[executor].removeprefix("comp-")).replace("-", "_")
        assert settings["activeDeadlineSeconds"] == str(HOUR * hours_allowed(stage))


def test_the_handbook_has_the_time_limits() -> None:
    text = (ROOT / "docs" / "placement.md").read_text()
    by_hours: dict[int, list[str]] = {}
    for stage, hours in sorted(longest_hours().items()):
        by_hours.setdefault(hours, []).append(f"`{stage}`")
    assert by_hours.pop(LEAST)
    for hours, stages in by_hours.items():
        assert f"| {hours} | {', '.join(stages)} |\n" in text
    assert f"| {LEAST} | all others |\n" in text
