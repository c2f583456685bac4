"""When stages run on a GPU."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.engine import gpu
from pass_ops.errors import ConfigError

COMPILER = sys.executable
# A program and a library that are here, in place of CUDA's compiler and of the driver.
LIBRARY = "libc.so.6"


@pytest.mark.parametrize(
    ("file", "driver", "visible"),
    [
        ("nvidia0", LIBRARY, True),
        ("nvidia12", LIBRARY, True),
        ("dxg", LIBRARY, True),
        # Of the driver, without a GPU that this container may use.
        ("nvidiactl", LIBRARY, False),
        ("null", LIBRARY, False),
        ("nvidia0", "libnone.so.1", False),
    ],
)
def test_a_gpu_is_a_device_and_its_driver(
    file: str, driver: str, visible: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "DRIVER", driver)
    (tmp_path / file).touch()
    assert gpu.gpu_is_visible(tmp_path) is visible
    assert gpu.cuda_compiler({"nvcc_path": COMPILER}, tmp_path) == (COMPILER if visible else "")


@pytest.mark.parametrize("promised", ["", "void", "none"])
def test_an_image_for_gpus_works_without_one(promised: str, tmp_path: Path) -> None:
    environment = {"nvcc_path": COMPILER, "NVIDIA_VISIBLE_DEVICES": promised}
    assert gpu.cuda_compiler(environment, tmp_path) == ""


def test_a_gpu_that_was_set_aside_and_is_not_there_is_told(tmp_path: Path) -> None:
    environment = {"nvcc_path": COMPILER, "NVIDIA_VISIBLE_DEVICES": "GPU-8f2c"}
    with pytest.raises(ConfigError, match=r"NVIDIA_VISIBLE_DEVICES=GPU-8f2c .* ask for no GPU"):
        gpu.cuda_compiler(environment, tmp_path)


def test_a_compiler_that_is_not_there_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "DRIVER", LIBRARY)
    environment = {"nvcc_path": f"{tmp_path}/nvcc"}
    assert gpu.cuda_compiler(environment, tmp_path) == ""
    (tmp_path / "nvidia0").touch()
    with pytest.raises(ConfigError, match=f"^nvcc_path={tmp_path}/nvcc: no such program; name the"):
        gpu.cuda_compiler(environment, tmp_path)


def test_without_a_compiler_nobody_looks_for_a_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "DRIVER", LIBRARY)
    (tmp_path / "nvidia0").touch()
    assert gpu.cuda_compiler({"NVIDIA_VISIBLE_DEVICES": "all"}, tmp_path) == ""


@pytest.mark.skipif(gpu.gpu_is_visible(), reason="this machine has a GPU")
def test_jittor_starts_where_the_image_names_a_compiler_and_there_is_no_gpu() -> None:
    environment = os.environ | {"nvcc_path": "/usr/local/cuda/bin/nvcc"}
    environment.pop("NVIDIA_VISIBLE_DEVICES", None)
    code = (
        "from pass_ops.engine.jittor import jt; print(jt.ones(3).sum().item(), jt.flags.use_cuda)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert process.stdout.split() == ["3.0", "0"], process.stderr
