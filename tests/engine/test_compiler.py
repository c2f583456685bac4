"""What Jittor is not even imported without."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pass_ops.engine.compiler import (
    home_set_to,
    kernels_have_room,
    mend_kernels,
    output_dropped,
    require_compiler,
)
from pass_ops.errors import ConfigError, StorageError

CLONE = Path(__file__).resolve().parents[2]
# What a stage does, in one line of errors.
IMPORT = """
from pass_ops.engine.stage import one_line_errors
with one_line_errors():
    import pass_ops.engine.jittor
"""


def test_a_missing_compiler_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^no-g\+\+: no such program, .* install it"):
        require_compiler({"cc_path": "no-g++"}, tmp_path)


def test_a_folder_of_kernels_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=rf"^JITTOR_HOME={tmp_path}/file: File exists"):
        require_compiler({"cc_path": "sh"}, tmp_path / "file")


@pytest.mark.skipif(os.getuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_named(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=4m tmpfs {tmp_path} || exit 77; exec "$@"'
    process = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", IMPORT],
        cwd=CLONE,
        env=os.environ | {"JITTOR_HOME": str(tmp_path), "PYTHONPATH": str(CLONE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode in (1, 77) and "error: " not in process.stderr:
        pytest.skip(f"this container may not mount: {process.stderr.strip()}")
    assert process.stderr.count("\n") == 1
    assert f"{tmp_path}: " in process.stderr
    assert "512 needed to compile Jittor's kernels" in process.stderr


@pytest.mark.parametrize("home", [".", "not/there/yet"])
def test_an_error_that_has_nothing_to_do_with_room_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("JITTOR_HOME", str(tmp_path / home))
    with pytest.raises(RuntimeError, match="shapes"), kernels_have_room():
        raise RuntimeError("shapes differ")


def test_what_other_programs_print_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    with output_dropped():
        subprocess.run(["echo", "self-test"], check=True)
    subprocess.run(["echo", "after"], check=True)
    assert capfd.readouterr().out.split() == ["before", "after"]


def test_home_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    with home_set_to(tmp_path):
        assert Path.home() == tmp_path
        os.environ["SET_BY_JITTOR"] = "1"
    assert os.environ.pop("SET_BY_JITTOR") == "1"
    assert os.environ["HOME"] == "/somewhere"
    monkeypatch.delenv("HOME")
    with home_set_to(tmp_path):
        pass
    assert "HOME" not in os.environ


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
