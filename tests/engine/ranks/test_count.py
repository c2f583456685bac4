"""How many ranks a training has, and what is refused before it begins."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.engine import gpu
from pass_ops.engine.ranks.count import RANKS, rank_count, require_even_batch, require_mpi
from pass_ops.errors import ConfigError

# A library that every machine with glibc has, in place of the driver.
LIBRARY = "libc.so.6"


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(RANKS, raising=False)


def test_there_is_one_unless_something_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rank_count() == 1
    monkeypatch.setenv(RANKS, "4")
    assert rank_count() == 4


def test_every_gpu_of_a_container_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "DRIVER", LIBRARY)
    devices = tmp_path / "dev"
    devices.mkdir()
    for name in ("nvidia0", "nvidia1", "nvidia2", "nvidiactl", "nvidia-uvm"):
        (devices / name).touch()
    assert rank_count(devices) == 1
    monkeypatch.setenv("nvcc_path", "/usr/local/cuda/bin/nvcc")
    assert rank_count(devices) == 3
    monkeypatch.setenv(RANKS, "1")
    assert rank_count(devices) == 1


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_what_is_no_number_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RANKS, text)
    with pytest.raises(ConfigError, match=rf"PASS_RANKS={text}: give a number of processes"):
        rank_count()


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mpirun", "mpicc"):
        (tmp_path / name).touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    require_mpi(2)
    (tmp_path / "mpicc").unlink()
    require_mpi(1)
    with pytest.raises(
        ConfigError, match=r"^mpicc: no such program.*apt-get install openmpi-bin libopenmpi-dev"
    ):
        require_mpi(2)


def test_a_command_under_mpirun_is_told_how_to_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "OMPI_COMM_WORLD_SIZE", "8")
    with pytest.raises(ConfigError, match=r"without mpirun, and with PASS_RANKS=8"):
        rank_count()


def test_batches_are_shared_evenly_or_refused() -> None:
    settings = {"batch_size": 32, "optimiser": {"accumulate": 1}}
    require_even_batch(stage="pretrain", settings=settings, ranks=4)
    with pytest.raises(ConfigError, match=r"pretrain: a batch of 32 images .* multiple of 3"):
        require_even_batch(stage="pretrain", settings=settings, ranks=3)
    parted = settings | {"optimiser": {"accumulate": 16}}
    require_even_batch(stage="pretrain", settings=parted, ranks=2)
    with pytest.raises(ConfigError, match=r"4 processes, each in 16 parts: .* multiple of 64"):
        require_even_batch(stage="pretrain", settings=parted, ranks=4)
