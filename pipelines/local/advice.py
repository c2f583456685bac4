"""What a user of `make run` may not want, though it can be run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pass_ops.engine.gpu import DEVICES, cuda_compiler, gpu_is_visible
from pipelines.local.data import SYNTHETIC
from pipelines.local.settings import Settings

PURPOSE = {
    "smoke": "shows every stage in minutes, on drawn shapes; PROFILE=small is for photographs"
}
"""What a profile is for, where its scores do not say how good the method is on photographs."""


def advice(settings: Settings, runner: str, devices: Path = DEVICES) -> Iterator[str]:
    """What to tell before a run, one line each.

    Args:
        settings: of the run.
        runner: subprocess, or docker, whose images are for CPUs.
        devices: folder of the device files.
    """
    if settings.profile in PURPOSE and settings.data != SYNTHETIC:
        yield f"profile {settings.profile} {PURPOSE[settings.profile]}"
    on_cpu = not cuda_compiler(os.environ, devices)
    if runner == "subprocess" and on_cpu and gpu_is_visible(devices):
        yield (
            "a GPU is here and is not used, since no compiler of CUDA is named: "
            "nvcc_path=/usr/local/cuda/bin/nvcc make run ... (docs/training.md, On a GPU)"
        )
