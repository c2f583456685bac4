"""Which damaged kernels are removed, and when."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pass_ops.engine.kernels.repair import mend_kernels


def test_who_waits_for_another_compiler_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock, kernel = tmp_path / "jittor.lock", make_kernels(tmp_path)[0]
    mend_kernels(lock, tmp_path)
    assert capsys.readouterr().out == ""
    # Which the other one is just writing.
    kernel.write_bytes(b"")
    with holding(["flock", str(lock), "sh", "-c", "echo up; read end"]):
        mend_kernels(lock, tmp_path)
    assert capsys.readouterr().out.startswith("waiting for another process that compiles kernels (")
    assert kernel.exists()


POSIX_LOCK = """
import fcntl, sys
with open(sys.argv[1], "a") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("up", flush=True)
    input()
"""


def test_a_kernel_that_another_process_is_compiling_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lock, kernel = tmp_path / "jittor.lock", make_kernels(tmp_path)[0]
    # As Jittor's lock.cc locks for kernels.
    with holding([sys.executable, "-c", POSIX_LOCK, str(lock)]):
        mend_kernels(lock, tmp_path)
        assert kernel.exists()
    mend_kernels(lock, tmp_path)
    assert not kernel.exists()
    assert capsys.readouterr().out == ""


@contextmanager
def holding(command: list[str]) -> Iterator[None]:
    """Run a program that says that it is up, until the block's end, when its input ends."""
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "up\n"
        yield
        other.communicate("\n")


def make_kernels(home: Path) -> list[Path]:
    """An empty kernel, one of zeros, an empty object file, and two that are whole."""
    place = home / ".cache/jittor/jt1.3.11/g++12/py3.11/Linux/cpu/7b6b/default"
    files = {
        "jit/empty_op.so": b"",
        "jit/zeros_op.so": bytes(100),
        "obj_files/empty.cc.o": b"",
        "jit/whole_op.so": b"\x7fELF\x02\x01",
        "jittor_core.cpython-311.so": b"\x7fELF\x02\x01",
        "jit/empty_op.so.key": b"",
    }
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)
    return [place / name for name in files]


def test_kernels_whose_content_is_lost_are_compiled_again(tmp_path: Path) -> None:
    files = make_kernels(tmp_path)
    mend_kernels(tmp_path / "jittor.lock", tmp_path)
    assert [file.exists() for file in files] == [False] * 3 + [True] * 3
