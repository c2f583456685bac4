"""The one place that imports Jittor: `from pass_ops.engine.jittor import jt, nn`.

Jittor reads its settings from the environment while it is imported, so they are set here first: no
CUDA unless the image names a compiler (an nvcc on the PATH without a driver breaks the import), no
MPI unless asked for, one kernel cache (by default Jittor has one for each git branch of the folder
that it is installed in, and compiles anew).

Raises:
    ImportError: Jittor had to renew what compiles its kernels, after which it can only be imported
        by a new process.
"""

from __future__ import annotations

import os
import platform
import random
import sys
from pathlib import Path

# Without it, Jittor takes the cache of whatever ran last on this machine, with kernels for other
# settings.
os.environ.setdefault("JITTOR_HOME", str(Path.home()))
# For all processors of the last ten years: the same sums on every one of them, and kernels that an
# image can bring along.
if platform.machine() == "x86_64":
    os.environ.setdefault("cc_flags", "-march=x86-64-v3")
os.environ.setdefault("nvcc_path", "")
os.environ.setdefault("use_mpi", "0")
os.environ.setdefault("log_silent", "1")
# Idle threads sleep: spinning ones cost a factor of 8 as soon as loader threads or other processes
# want the cores too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("cache_name", "default")
# Jittor's parallel compiler of kernels ends a process with a segmentation fault now and then.
os.environ.setdefault("use_parallel_op_compiler", "0")
# Its import forks a process for every 3 GiB of memory. They compile its core, where `make core`
# wants them, and then idle.
os.environ.setdefault("DISABLE_MULTIPROCESSING", "1")
# Jittor looks for python3-config beside the interpreter of the virtual environment, where there is
# none.
_python_config = Path(sys.base_prefix) / "bin" / "python3.11-config"
if _python_config.exists():
    os.environ.setdefault("python_config_path", str(_python_config))

import numpy as np

from pass_ops.engine.kernel_cache import kernels_of_image

try:
    with kernels_of_image():
        import jittor as jt
        from jittor import nn
except SystemExit as end:
    # With status 0: a stage would pass for finished.
    raise ImportError(
        "Jittor has renewed its compiler and wants a new process: run the same command again"
    ) from end

__all__ = ["jt", "nn", "seed_everything", "step_mean", "to_numpy"]

if os.environ["nvcc_path"]:
    jt.flags.use_cuda = 1


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and Jittor's generators; every MPI rank gets the same initial
    weights.
    """
    # Random values that were asked for and not computed yet would be drawn from the new sequence.
    jt.sync_all()
    random.seed(seed)
    np.random.seed(seed)
    jt.set_global_seed(seed, different_seed_for_mpi=False)


def step_mean(values: jt.Var) -> jt.Var:
    """Mean of all values, one axis after the other: Jittor sums float32 in one accumulator, which
    loses digits on many.
    """
    while values.ndim > 1:
        values = values.mean(values.ndim - 1)
    return values.mean()


def to_numpy(values: jt.Var) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Copy a variable out of Jittor as float32."""
    return np.array(values.numpy(), dtype=np.float32)
