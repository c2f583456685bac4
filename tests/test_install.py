"""Setting up `.venv`: what an interrupted one leaves, and two at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[1]
# A project that needs nothing to be built, neither from a registry nor from the lock.
PROJECT = """
[project]
name = "nothing"
version = "1"
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""
BACKEND = """
import zipfile
def build_editable(folder, *_):
    name = "nothing-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        info = "nothing-1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: nothing\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nTag: py3-none-any\\n")
        wheel.writestr(info + "RECORD", "")
    return name
"""

# A Python that makes an environment in two steps, and waits between them for the end of its input.
PYTHON = f"""#!/bin/sh
if [ "$*" = "-m venv .venv" ]; then
    {sys.executable} -m venv --without-pip .venv
    echo half made
    cat >/dev/null
fi
exec {sys.executable} "$@"
"""
# In the place of what compiles Jittor's core: it ends when the rest is installed.
CORE = """
import pathlib, time
import jittor
print("compiling", flush=True)
pathlib.Path("begun").touch()
while not pathlib.Path("rest").exists():
    time.sleep(0.1)
pathlib.Path("compiled").touch()
"""
# The rest, which is not there before the core is begun.
REST = """
import pathlib, time
while not pathlib.Path("begun").exists():
    time.sleep(0.1)
"""


def make(folder: Path, target: str = "setup") -> subprocess.Popen[str]:
    """`make`, started in a session of its own.

    Args:
        folder: of the Makefile.
        target: to make.
    """
    hidden = ("MAKE", "PYTHONPATH", "VIRTUAL_ENV")
    return subprocess.Popen(
        ["make", "--no-print-directory", target, f"PYTHON={folder / 'python'}"],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if not name.startswith(hidden)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What `process` has printed when it has come to a line with `text`."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError(f"no {text!r} in: {''.join(lines)}")


def finish(process: subprocess.Popen[str]) -> str:
    """What else `process` prints, now that its input ends, until it has ended itself."""
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    output = process.stdout.read()
    process.wait()
    return output


def test_an_interrupted_one_is_made_anew_by_one_make_at_a_time(tmp_path: Path) -> None:
    write_project(tmp_path)
    interrupted = make(tmp_path)
    read_until(interrupted, "half made")
    os.killpg(interrupted.pid, signal.SIGKILL)
    finish(interrupted)
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    assert not list(tmp_path.glob(".venv/lib/*/site-packages/pip/__main__.py"))

    first = make(tmp_path)
    output = read_until(first, "half made")
    assert "Installing the packages" in output
    second = make(tmp_path)
    # It begins to wait while the first, whose input is open, cannot go on.
    read_until(second, "another make (pid ")
    outputs = [finish(first), finish(second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert "Installing the packages" not in outputs[1]
    assert (tmp_path / ".venv" / "installed.sha256").is_file()
    subprocess.run([tmp_path / ".venv/bin/python", "-m", "pip", "--version"], check=True)

    # How far it is, and that what fails is not called installed.
    write_package(tmp_path)
    third = make(tmp_path)
    output = finish(third)
    assert third.returncode == 0, output
    assert "packages found: 1/1\nunpacking packages" in output
    installed = (tmp_path / ".venv" / "installed.sha256").read_text()
    with (tmp_path / "requirements.lock").open("a") as lock:
        lock.write(f"./gone-1-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    fourth = make(tmp_path)
    output = finish(fourth)
    assert fourth.returncode != 0
    assert "gone-1-py3-none-any.whl" in output
    assert (tmp_path / ".venv" / "installed.sha256").read_text() == installed


def test_jittor_s_core_is_compiled_while_the_rest_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    write_wheel(tmp_path, "jittor", {"jittor.py": ""})
    digest = hashlib.sha256((tmp_path / "jittor-1-py3-none-any.whl").read_bytes()).hexdigest()
    (tmp_path / "requirements.lock").write_text(f"jittor==1 --hash=sha256:{digest}\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    core = tmp_path / "pass_ops" / "engine" / "core.py"
    core.parent.mkdir(parents=True)
    core.write_text(CORE)
    (tmp_path / "pass_ops" / "start.py").write_text("")
    backend = tmp_path / "backend.py"
    built = '        pathlib.Path("rest").touch()\n    return name'
    backend.write_text(REST + BACKEND.replace("    return name", built))

    whole = make(tmp_path, "core")
    output = whole.communicate(timeout=500)[0]
    assert whole.returncode == 0, output
    assert "compiling\n" in output
    assert (tmp_path / "compiled").exists()

    # One that fails leaves nobody behind who goes on compiling: its output would not end.
    for name in ("begun", "rest"):
        (tmp_path / name).unlink()
    backend.write_text(REST + "raise RuntimeError('no such backend')")
    (tmp_path / "pyproject.toml").write_text(PROJECT + "# Changed.\n")
    failed = make(tmp_path, "core")
    output = failed.communicate(timeout=500)[0]
    assert failed.returncode != 0
    assert "no such backend" in output
    assert "compiling\n" in output


def test_packages_are_compiled_where_python_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    write_package(tmp_path, "one")
    finish(make(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    write_package(tmp_path, "two")
    output = finish(make(tmp_path))
    compiled = tmp_path.glob(".venv/lib/*/site-packages/__pycache__/*.pyc")
    assert {path.name.partition(".")[0] for path in compiled} & {"one", "two"} == {"two"}, output


def write_project(folder: Path) -> None:
    """The Makefile, and a project without packages: only the environment matters here."""
    shutil.copy(CLONE / "Makefile", folder)
    shutil.copytree(CLONE / ".make", folder / ".make")
    (folder / "requirements.lock").write_text("")
    (folder / "pyproject.toml").write_text(PROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "python").write_text(PYTHON)
    (folder / "python").chmod(0o755)


def write_package(folder: Path, name: str = "one") -> None:
    """A package in a folder, and the lock that wants it."""
    wheel = write_wheel(folder, name, {f"{name}.py": "value = 1\n"})
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")


def write_wheel(folder: Path, name: str, modules: dict[str, str]) -> Path:
    """A package of version 1; returns its file.

    Args:
        folder: to write it to.
        name: of the package.
        modules: its files and their contents.
    """
    wheel, info = folder / f"{name}-1-py3-none-any.whl", f"{name}-1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
        for file, content in modules.items():
            archive.writestr(file, content)
    return wheel
