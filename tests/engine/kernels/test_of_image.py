"""Kernels of an image: found on any host, copied to an empty volume once."""

from __future__ import annotations

import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pass_ops.engine.kernels.of_image import kernels_of_image, plant


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A folder as an image brings it along."""
    kernel = tmp_path / "seed" / ".cache" / "jittor" / "conv.so"
    kernel.parent.mkdir(parents=True)
    kernel.write_bytes(b"code" * 100_000)
    (kernel.parent / "default.so").symlink_to("conv.so")
    return tmp_path / "seed"


def test_outside_an_image_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PASS_KERNEL_SEED", raising=False)
    node = platform.node()
    with kernels_of_image():
        assert platform.node() == node
        assert "processor" in Path("/proc/cpuinfo").read_text()


def test_inside_the_block_all_hosts_look_alike(
    seed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASS_KERNEL_SEED", str(seed))
    monkeypatch.setenv("JITTOR_HOME", str(tmp_path / "home"))
    node = platform.node()
    monkeypatch.setattr(sys, "executable", f"{sys.prefix}/bin/python")
    with kernels_of_image():
        assert (platform.node(), platform.platform(), platform.processor()) == ("any", "any", "any")
        assert platform.system() == "Linux"
        assert sys.executable == f"{sys.prefix}/bin/python3"
        with pytest.raises(FileNotFoundError), open("/proc/cpuinfo"):
            pass
        with open(tmp_path / "other", "w") as file:
            file.write("x")
    assert (platform.node(), sys.executable) == (node, f"{sys.prefix}/bin/python")
    with open("/proc/cpuinfo") as file:
        assert file.read(1)
    assert (tmp_path / "home" / ".cache" / "jittor" / "conv.so").stat().st_size == 400_000


def test_a_volume_with_kernels_is_left_alone(seed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".cache").mkdir(parents=True)
    plant(seed, home)
    assert list((home / ".cache").iterdir()) == []


def test_an_image_without_kernels_plants_none(tmp_path: Path) -> None:
    plant(tmp_path / "absent", tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_times_and_links_are_kept(seed: Path, tmp_path: Path) -> None:
    plant(seed, tmp_path / "home")
    planted = tmp_path / "home" / ".cache" / "jittor"
    assert (planted / "conv.so").stat().st_mtime_ns == (
        seed / ".cache" / "jittor" / "conv.so"
    ).stat().st_mtime_ns
    assert (planted / "default.so").readlink() == Path("conv.so")


def test_pods_that_start_at_once_share_one_copy(seed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code = (
        "import pathlib, sys, pass_ops.engine.kernels.of_image as k; "
        "k.plant(*map(pathlib.Path, sys.argv[1:]))"
    )
    command = [sys.executable, "-c", code, str(seed), str(home)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: subprocess.run(command, check=False).returncode, range(4)))
    assert done == [0, 0, 0, 0]
    assert [path.name for path in home.iterdir()] == [".cache"]
    assert (home / ".cache" / "jittor" / "conv.so").stat().st_size == 400_000
