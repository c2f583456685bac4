"""Setting up `.venv`: what an interrupted one leaves, and two at once."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
import zipfile
from pathlib import Path

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


def setup(folder: Path) -> subprocess.Popen[str]:
    """`make setup`, started in a session of its own."""
    hidden = ("MAKE", "PYTHONPATH", "VIRTUAL_ENV")
    return subprocess.Popen(
        ["make", "--no-print-directory", "setup"],
        cwd=folder,
        env={name: text for name, text in os.environ.items() if not name.startswith(hidden)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_an_interrupted_one_is_made_anew_by_one_make_at_a_time(tmp_path: Path) -> None:
    shutil.copy(CLONE / "Makefile", tmp_path)
    shutil.copytree(CLONE / ".make", tmp_path / ".make")
    # Nothing to install: only the environment matters here.
    (tmp_path / "requirements.lock").write_text("")
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "backend.py").write_text(BACKEND)
    interrupted = setup(tmp_path)
    while not (tmp_path / ".venv" / "bin" / "python").exists():
        assert interrupted.poll() is None
        time.sleep(0.01)
    os.killpg(interrupted.pid, signal.SIGKILL)
    interrupted.communicate()
    assert not list(tmp_path.glob(".venv/lib/*/site-packages/pip/__main__.py"))

    first, second = setup(tmp_path), setup(tmp_path)
    outputs = [first.communicate()[0], second.communicate()[0]]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert sum("Installing the packages" in output for output in outputs) == 1
    assert sum("another make (pid " in output for output in outputs) == 1
    assert (tmp_path / ".venv" / "installed.sha256").is_file()
    subprocess.run([tmp_path / ".venv/bin/python", "-m", "pip", "--version"], check=True)

    # How far it is, and that what fails is not called installed.
    write_package(tmp_path)
    third = setup(tmp_path)
    output = third.communicate()[0]
    assert third.returncode == 0, output
    assert "packages found: 1/1\nunpacking packages" in output
    installed = (tmp_path / ".venv" / "installed.sha256").read_text()
    with (tmp_path / "requirements.lock").open("a") as lock:
        lock.write(f"./gone-1-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    fourth = setup(tmp_path)
    output = fourth.communicate()[0]
    assert fourth.returncode != 0
    assert "gone-1-py3-none-any.whl" in output
    assert (tmp_path / ".venv" / "installed.sha256").read_text() == installed


def write_package(folder: Path) -> None:
    """A package in a folder, and the lock that wants it."""
    wheel = folder / "one-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(
            "one-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: one\nVersion: 1\n"
        )
        archive.writestr("one-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("one-1.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.lock").write_text(f"./{wheel.name} --hash=sha256:{digest}\n")
