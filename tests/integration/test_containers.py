"""Stages in containers for real: needs an engine and the images of `make images DEVICE=cpu`.

`.ci/run` has both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import docker
import pytest
from cyclonedx.validation.json import JsonStrictValidator

from pass_ops.errors import ConfigError
from pass_ops.evaluation.report.result import Result
from pipelines.images.docker_cli import find_docker
from pipelines.images.image_sbom import FOLDER
from pipelines.images.local_images import LOCAL_LOCK
from pipelines.images.lock import read_lock
from pipelines.local.container_runner import LABEL, container_runner, run_container
from pipelines.servers.claim import claim
from pipelines.supply_chain.lock_files import LOCK_FILES, read_lock_file
from pipelines.supply_chain.sbom import SCHEMA
from tests.integration.short_run import local_run

try:
    DOCKER = find_docker()
except ConfigError as missing:
    pytest.skip(f"14 tests of containers are skipped: {missing}", allow_module_level=True)
if not LOCAL_LOCK.is_file():
    pytest.skip(
        "14 tests of containers are skipped: no images; make images DEVICE=cpu builds them",
        allow_module_level=True,
    )

IMAGES = read_lock(LOCAL_LOCK)
SAME = 1e-6
# What no lock file installs, and programs that no package brings.
UNLOCKED = {
    "train": {"pass-ops", "pip"},
    "post": {"pass-ops", "pip"},
    "mlflow": {"pip", "setuptools"},
}
KERNELS = "/opt/pass-ops/kernels/"
FAILING = """
import sys
from kfp import dsl, local
from pathlib import Path
from pipelines.local.container_runner import container_runner

@dsl.component(base_image={image!r}, install_kfp_package=False)
def fail(status: int) -> int:
    import os, sys
    print("error: about to fail", file=sys.stderr, flush=True)
    os._exit(status)

state = Path({state!r})
with container_runner(state, state / "stages" / "run") as runner:
    local.init(runner, pipeline_root=str(state / "stages" / "run"), raise_on_error=True)
    fail(status={status})
"""


RUN = """
from pathlib import Path
import docker
from kfp.local import docker_task_handler
from pipelines.local.container_runner import container_runner
from pipelines.servers.claim import claim

state = Path({state!r})
with claim(state), container_runner(state, state / "stages" / "run"):
    docker_task_handler.run_docker_container(
        client=docker.from_env(), image={image!r}, command=["sleep", "600"], volumes={{}}
    )
"""


@pytest.fixture
def client() -> Any:
    """A client of the engine."""
    with closing(docker.from_env()) as connected:
        yield connected


def run_in(client: Any, name: str, command: list[str], **options: Any) -> int:
    """Run a command in a container; its exit status.

    Args:
        client: of the engine.
        name: of the image.
        command: the command line.
        options: of the container.
    """
    return run_container(client=client, image=IMAGES[name], command=command, volumes={}, **options)


@pytest.mark.parametrize("status", [0, 1, 3, 137])
def test_a_status_is_never_lost(
    client: Any, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    command = ["sh", "-c", f"echo out; exit {status}"]
    for _ in range(3):
        assert run_in(client, "post", command) == status
        assert capsys.readouterr().out == "out\n"
    leftovers = {"ancestor": IMAGES["post"], "status": "exited"}
    assert not client.containers.list(all=True, filters=leftovers)


def test_a_stage_that_fails_at_once_has_failed(tmp_path: Path) -> None:
    script = tmp_path / "failing.py"
    script.write_text(FAILING.format(image=IMAGES["post"], state=str(tmp_path), status=7))
    environment = os.environ | {"PYTHONPATH": str(LOCAL_LOCK.parents[1])}
    process = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert process.returncode != 0
    assert "error: about to fail" in process.stdout
    assert "finished with status \x1b[91mFAILURE\x1b[0m" in process.stdout + process.stderr


def test_the_next_run_ends_the_containers_of_a_killed_one(client: Any, tmp_path: Path) -> None:
    def running() -> list[Any]:
        found: list[Any] = client.containers.list(filters={"label": LABEL})
        return [one for one in found if one.labels[LABEL].startswith(str(tmp_path))]

    script = RUN.format(image=IMAGES["post"], state=str(tmp_path))
    environment = os.environ | {"PYTHONPATH": str(LOCAL_LOCK.parents[1])}
    with subprocess.Popen([sys.executable, "-c", script], env=environment) as run:
        while not running():
            assert run.poll() is None
            time.sleep(0.1)
        # A second run beside it leaves them alone.
        with claim(tmp_path), container_runner(tmp_path, tmp_path / "stages" / "second"):
            assert len(running()) == 1
        run.kill()
    with claim(tmp_path), container_runner(tmp_path, tmp_path / "stages" / "third"):
        assert running() == []


@pytest.mark.parametrize("name", ["train", "post"])
def test_containers_are_locked_in(
    client: Any, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = """
id -u; grep -h CapEff /proc/self/status; touch /opt/file 2>/dev/null && echo writable
touch /tmp/file /var/cache/pass-ops/file && echo scratch
"""
    with container_runner(tmp_path, tmp_path / "stages" / "run") as runner:
        assert run_in(client, name, ["sh", "-c", script], **runner.container_run_args) == 0
    user, capabilities, scratch = capsys.readouterr().out.splitlines()
    assert int(user) != 0
    assert int(capabilities.split()[1], 16) == 0
    assert scratch == "scratch"


def test_kernels_of_the_image_serve_any_host(
    client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = """
import time
start = time.monotonic()
from pass_ops.engine.jittor import jt
value = float(jt.ones(3).sum().item())
print("sum", value, "in", time.monotonic() - start)
"""
    with container_runner(tmp_path, tmp_path / "stages" / "run") as runner:
        options = {**runner.container_run_args, "network_mode": "none", "hostname": "another-host"}
        assert run_in(client, "train", ["python", "-c", script], **options) == 0
    assert "sum 3.0 in" in capsys.readouterr().out
    planted = tmp_path / "containers" / "jittor" / ".cache"
    (core,) = planted.rglob("jittor_core*.so")
    assert "any" in str(core.relative_to(planted))


def test_no_kernel_is_compiled_twice(
    client: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However the interpreter is called: the command that compiles a kernel names it."""
    script = (
        "from pass_ops.engine.jittor import jt; print(float((jt.ones((3, 5)) * 7).sum().item()))"
    )
    with container_runner(tmp_path, tmp_path / "stages" / "run") as runner:
        times = []
        for python in ("python", "python3", "python3.11"):
            options = runner.container_run_args
            assert run_in(client, "train", [python, "-c", script], **options) == 0
            kernels = sorted((tmp_path / "containers" / "jittor").rglob("*_op.so"))
            times.append({kernel.name: kernel.stat().st_mtime_ns for kernel in kernels})
    assert capsys.readouterr().out.count("105.0") == 3
    assert times[0] == times[1] == times[2]


@pytest.mark.parametrize("name", UNLOCKED)
def test_make_images_lists_what_they_contain(name: str) -> None:
    text = (FOLDER / f"{name}.cdx.json").read_text()
    assert JsonStrictValidator(SCHEMA).validate_str(text) is None
    document = json.loads(text)
    tag = document["metadata"]["component"]["version"].removeprefix("sha256:")[:12]
    assert IMAGES[name].endswith(f":cpu-{tag}"), "a list of another image"

    python, debian = (
        {one["name"]: one for one in document["components"] if one.get("purl", "").startswith(kind)}
        for kind in ("pkg:pypi/", "pkg:deb/debian/")
    )
    locked = read_lock_file(LOCK_FILES["train (cpu)" if name == "train" else name])
    assert python.keys() - locked.keys() == UNLOCKED[name]
    assert {one: python[one]["version"] for one in locked} == {
        one: package.version for one, package in locked.items()
    }
    assert [one for one, package in python.items() if not package.get("licenses")] == []
    assert {"libc6", "python3.11"} <= debian.keys()
    assert ("g++" in debian) == (name == "train")
    files = [one["name"] for one in document["components"] if one["type"] == "file"]
    assert [file for file in files if not file.startswith(KERNELS)] == []
    assert bool(files) == (name == "train")


def metrics_by_stage(result: Result) -> dict[str, str]:
    """The main metric of each stage, whose order KFP leaves open where none needs the other."""
    return {stage.name: stage.figure for stage in result.stages}


def test_the_whole_pipeline_gives_the_same_scores_as_without_containers(
    first: Result, few_photographs: Path, tmp_path: Path
) -> None:
    contained = local_run(tmp_path, few_photographs, "--runner", "docker")
    assert metrics_by_stage(contained) == metrics_by_stage(first)
    assert not any(stage.cached for stage in contained.stages)
    assert contained.validation["miou"] == pytest.approx(first.validation["miou"], abs=SAME)
    assert contained.test["miou"] == pytest.approx(first.test["miou"], abs=SAME)
