"""What placement leaves in packages, and what in them is refused."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from pass_ops.errors import ConfigError
from pipelines.compile import check_package, compile_pipeline
from pipelines.local.package import compile_local
from pipelines.local.pipeline import run_package, stage_names
from pipelines.local.tasks.task_log import TaskLog
from pipelines.local.terminal import Lines
from tests.pipelines.placement.toy import Spec, tasks, toy

ROOT = Path(__file__).resolve().parents[3]


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
    compiles. What `components.train_job` needs is read in tasks alone.
    """
    sources = {
        path
        for folder in ("components", "pipelines/steps", "pipelines/placement", "pass_ops/graph")
        for path in (ROOT / folder).rglob("*.py")
        if not path.name.startswith("train_job")
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
