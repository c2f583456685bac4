"""Whether stages run on a GPU."""

from __future__ import annotations

import ctypes
import shutil
from collections.abc import Mapping
from pathlib import Path

from pass_ops.errors import ConfigError

DEVICES = Path("/dev")
DRIVER = "libcuda.so.1"
# What the container runtime of NVIDIA takes for "none".
_NOTHING = ("", "void", "none")


def cuda_compiler(environment: Mapping[str, str], devices: Path = DEVICES) -> str:
    """The compiler of CUDA that kernels are made with; empty where they run on CPUs.

    An image for GPUs names it in `nvcc_path`, on a node without one too, where importing Jittor
    (1.3.11) with a compiler would fail for want of a driver.

    Args:
        environment: of the process.
        devices: folder of the device files.

    Raises:
        ConfigError: a GPU was set aside for this container, but cannot be used in it: training on
            CPUs instead would take weeks; or there is a GPU, and no such compiler.
    """
    compiler = environment.get("nvcc_path", "")
    if not compiler:
        return ""
    if gpu_is_visible(devices):
        if shutil.which(compiler) is None:
            raise ConfigError(
                f"nvcc_path={compiler}: no such program; name the nvcc of CUDA, or leave it out to "
                "compute on CPUs"
            )
        return compiler
    promised = environment.get("NVIDIA_VISIBLE_DEVICES", "")
    if promised not in _NOTHING:
        raise ConfigError(
            f"NVIDIA_VISIBLE_DEVICES={promised} says that there is a GPU, but none with its driver "
            f"is in {devices}; make nvidia the container runtime of the node, or ask for no GPU"
        )
    return ""


def gpu_is_visible(devices: Path = DEVICES) -> bool:
    """Whether there is a GPU of NVIDIA, under Linux or WSL, and a driver to use it with."""
    return gpu_count(devices) > 0 and _driver_is_here()


def gpu_count(devices: Path = DEVICES) -> int:
    """How many GPUs of NVIDIA there are; in a container, those that were set aside for it.

    Args:
        devices: folder of the device files.
    """
    return len([*devices.glob("nvidia[0-9]*"), *devices.glob("dxg")])


def _driver_is_here() -> bool:
    # The container runtime puts it into the container, beside the devices.
    try:
        ctypes.CDLL(DRIVER)
    except OSError:
        return False
    return True
