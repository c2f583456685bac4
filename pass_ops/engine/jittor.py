"""The one place that imports Jittor: `from pass_ops.engine.jittor import jt, nn`.

Jittor reads its settings from the environment while it is imported, so they are set here first,
each where the environment does not say otherwise. What their comments report is of Jittor 1.3.11.

Raises:
    ConfigError: a GPU was set aside, but is not there (see `engine.gpu`); there is no compiler.
    StorageError: the folder of kernels cannot be written to, or is full.
    RenewedError: Jittor had to renew what compiles its kernels, after which it can only be imported
        by a new process.
"""

from __future__ import annotations

import os
import platform
import random
import signal
import sys
import threading
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from pass_ops.engine.cores import limit_threads
from pass_ops.engine.gpu import cuda_compiler
from pass_ops.engine.kernels.home import kernel_home

# Jittor would take the cache of whatever ran last on this machine, with kernels for other settings.
_home = kernel_home(os.environ)
os.environ["JITTOR_HOME"] = str(_home)
# For all processors of the last ten years: the same sums on every one of them, and kernels that an
# image can bring along.
if platform.machine() == "x86_64":
    os.environ.setdefault("cc_flags", "-march=x86-64-v3")
# No CUDA unless the image names a compiler and there is a GPU: an nvcc without a driver breaks the
# import, one on the PATH too.
os.environ["nvcc_path"] = cuda_compiler(os.environ)
# Where MPI is installed, Jittor would compile against it, ranks or not.
os.environ.setdefault("use_mpi", "0")
# For a GPU, Jittor would fetch CUTLASS, which jittor-offline does not bring along.
os.environ.setdefault("use_cutlass", "0")
# Jittor would report its set-up and what it compiles between the progress lines.
os.environ.setdefault("log_silent", "1")
# Idle threads sleep: spinning ones cost a factor of 8 as soon as loader threads or other processes
# want the cores too.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
limit_threads(os.environ)
# Jittor has a kernel cache for each git branch of the folder that it is installed in, and would
# compile anew on every one.
os.environ.setdefault("cache_name", "headers")
# Jittor's parallel compiler of kernels ends a process with a segmentation fault now and then.
os.environ.setdefault("use_parallel_op_compiler", "0")
# Jittor would ask gdb, which takes longer than the compiler, for its version.
os.environ.setdefault("gdb_path", "")
# Its import forks a process for every 3 GiB of memory. They compile its core, where `make core`
# wants them, and then idle.
os.environ.setdefault("DISABLE_MULTIPROCESSING", "1")

import numpy as np

from pass_ops.engine.kernels.compiler import require_compiler
from pass_ops.engine.kernels.of_image import kernels_of_image
from pass_ops.engine.kernels.repair import mend_kernels
from pass_ops.engine.kernels.room import kernels_have_room
from pass_ops.engine.kernels.side_effects import home_set_to, output_dropped
from pass_ops.engine.precompiled.bindings import keep_bindings
from pass_ops.engine.precompiled.headers import compiler_with_headers
from pass_ops.engine.precompiled.objects import keep_objects
from pass_ops.errors import RenewedError

# Jittor sets handlers of its own, in C++. They end this process at once and without a word: at
# SIGINT, and when a child dies of a signal.
_handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGCHLD)}

require_compiler(os.environ, _home)
try:
    with kernels_of_image(), home_set_to(_home), kernels_have_room():
        _compiler = str(compiler_with_headers(_home))
        os.environ.setdefault("cc_path", _compiler)
        import jittor_utils
        from jittor_utils.lock import lock_path

        # Jittor would ask python3-config, which it looks for beside the interpreter of the virtual
        # environment, where there is none, and which takes a tenth of its import. The same words:
        # kernels are known by the command that compiles them.
        _headers = f"-I{sys.base_prefix}/include/python3.{sys.version_info.minor}"
        jittor_utils._py3_include_path = f"{_headers} {_headers}"
        jittor_utils._py3_extension_suffix = EXTENSION_SUFFIXES[0]
        mend_kernels(Path(lock_path), _home)
        keep_bindings()
        keep_objects()
        with output_dropped():
            import jittor as jt
            from jittor import nn
        if os.environ["cc_path"] == _compiler:
            # What it would start for each kernel; see there.
            jt.flags.python_path = f"{_compiler} --python={jt.flags.python_path}"
except SystemExit as end:
    # Jittor ends the process with status 0: a stage would pass for finished.
    raise RenewedError(
        "Jittor has renewed its compiler and wants a new process; run the same command again"
    ) from end

# No other thread can set handlers, or has to: signals then find the main thread in Python code.
if threading.current_thread() is threading.main_thread():
    for _number, _handler in _handlers.items():
        signal.signal(_number, _handler or signal.SIG_DFL)

__all__ = ["jt", "nn", "seed_everything", "seed_step", "step_mean", "to_numpy"]

if os.environ["nvcc_path"]:
    jt.flags.use_cuda = 1


def seed_everything(seed: int) -> None:
    """Seed Python's, NumPy's and Jittor's generators."""
    # Jittor draws lazily: values that were asked for before would come from the new sequence.
    jt.sync_all()
    random.seed(seed)
    np.random.seed(seed)
    # By default each MPI rank would get a seed, and so initial weights, of its own.
    jt.set_global_seed(seed, different_seed_for_mpi=False)


def seed_step(seed: int, step: int) -> None:
    """Seed the three generators for one step of a training.

    So their states follow from the step's number, and a training goes on from a checkpoint with the
    random numbers that it would have drawn: Jittor 1.3.11 does not tell its generator's state.

    Args:
        seed: of the training.
        step: 0-based, over all epochs.
    """
    # Mixed, since the first numbers of Jittor's generator (minstd_rand0) after neighbouring seeds
    # are nearly the same.
    mixed = int(np.random.SeedSequence([seed, step]).generate_state(1)[0] >> 1)
    random.seed(mixed)
    np.random.seed(mixed)
    jt.set_seed(mixed)


def step_mean(values: jt.Var) -> jt.Var:
    """Mean of all values, one axis after the other."""
    # Jittor 1.3.11 sums float32 in one accumulator, which loses digits: the mean of 8 × 51 × 224²
    # values at once is 2.6 % off.
    while values.ndim > 1:
        values = values.mean(values.ndim - 1)
    return values.mean()


def to_numpy(values: jt.Var) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Copy a variable out of Jittor as float32; waits until it is computed."""
    return np.array(values.numpy(), dtype=np.float32)
