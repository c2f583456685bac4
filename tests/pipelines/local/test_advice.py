"""What is noted before a run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pass_ops.engine import gpu
from pipelines.local.advice import advice
from pipelines.local.settings import parse


def notes(devices: Path, *arguments: str) -> list[str]:
    """The notes of a run.

    Args:
        devices: folder of the device files.
        arguments: of the run's command line.
    """
    settings, _, runner = parse(arguments)
    return list(advice(settings, runner, devices))


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Device files of a machine with a GPU; a library of every machine stands for its driver."""
    monkeypatch.setattr(gpu, "DRIVER", "libc.so.6")
    monkeypatch.setenv("nvcc_path", "")
    (tmp_path / "nvidia0").touch()
    return tmp_path


def test_a_gpu_that_is_not_used_is_noted(devices: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (note,) = notes(devices)
    assert note.startswith("a GPU is here and is not used, ")
    assert "nvcc_path=/usr/local/cuda/bin/nvcc make run" in note
    # Images of that runner are for CPUs.
    assert notes(devices, "--runner", "docker") == []
    monkeypatch.setenv("nvcc_path", sys.executable)
    assert notes(devices) == []
    (devices / "nvidia0").unlink()
    assert notes(devices) == []
    monkeypatch.setenv("nvcc_path", "")
    assert notes(devices) == []


def test_a_profile_of_drawn_shapes_is_noted_where_there_are_photographs(tmp_path: Path) -> None:
    assert notes(tmp_path) == []
    assert notes(tmp_path, "--data", "album", "--profile", "small") == []
    (note,) = notes(tmp_path, "--data", "album")
    assert note.startswith("profile smoke ")
    assert note.endswith("PROFILE=small is for photographs")
