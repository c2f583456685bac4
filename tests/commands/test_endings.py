"""How commands end when nobody listens, somebody stops them, or nothing may be read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PASS_OPS = Path(sys.executable).parent / "pass-ops"
# Root reads everything, unless it gives up these.
ROOTS = "-dac_override,-dac_read_search"
AS_ANYONE = (
    ["setpriv", f"--bounding-set={ROOTS}", f"--inh-caps={ROOTS}"] if os.geteuid() == 0 else []
)


def run(*arguments: object, **environment: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error of a command whose user is not almighty."""
    process = subprocess.run(
        [*AS_ANYONE, PASS_OPS, *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        check=False,
    )
    return process.returncode, process.stdout.decode(), process.stderr.decode()


@pytest.fixture
def data(synthetic_data: Path, tmp_path: Path) -> Path:
    """A set to spoil."""
    return shutil.copytree(synthetic_data, tmp_path / "data")


def test_a_pipe_that_is_closed_ends_a_command_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [PASS_OPS, "config", "--profile", "smoke"]
    process = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (process.returncode, process.stderr) == (1, b"")


def test_ctrl_c_ends_a_command_quietly() -> None:
    program = (
        "import os, signal, sys\n"
        "from pass_ops import cli\n"
        "cli.resolve = lambda **_: os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['pass-ops', 'config', '--profile', 'smoke']\n"
        "cli.app()\n"
    )
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert process.returncode in (1, 128 + signal.SIGINT)
    assert b"Traceback" not in process.stderr
    assert process.stderr.count(b"\n") <= 2


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_names_that_cannot_be_printed_are_escaped(
    encoding: str, data: Path, tmp_path: Path
) -> None:
    image = next((data / "train" / "n90000001").iterdir())
    shutil.copy(image, os.fsencode(image.parent) + b"/caf\xe9.JPEG")
    status, text, errors = run("data", "validate", data, PYTHONIOENCODING=encoding)
    name = f"{image.parent}/caf\\xe9.JPEG"
    assert (status, errors) == (1, "")
    assert f"{name}: the name is not UTF-8; rename it\n1 problems in {data}\n" in text
    status, text, errors = run("data", "pack", data, tmp_path / "packed", PYTHONIOENCODING=encoding)
    assert (status, text) == (1, "")
    assert errors == f"error: {name}: the name is not UTF-8; rename it\n"
    assert not (tmp_path / "packed").exists()


@pytest.mark.skipif(
    bool(AS_ANYONE) and shutil.which("setpriv") is None,
    reason="root reads everything, and setpriv, with which it gives that up, is missing",
)
def test_what_may_not_be_read_is_listed(data: Path, tmp_path: Path) -> None:
    image = next((data / "train" / "n90000001").iterdir())
    mask = next((data / "validation-segmentation" / "n90000002").iterdir())
    folder = data / "train" / "n90000003"
    predictions = shutil.copytree(data / "validation-segmentation", tmp_path / "predictions")
    unreadable = predictions / "n90000002" / mask.name
    for path in (image, mask, folder, unreadable):
        path.chmod(0)
    why = "cannot be read (Permission denied); make it a readable file"
    status, text, errors = run("data", "validate", data)
    assert (status, errors) == (1, "")
    assert set(text.splitlines()[-4:]) == {
        *(f"{path}: {why}" for path in (image, mask, folder)),
        f"3 problems in {data}",
    }
    status, _, errors = run("data", "pack", data, tmp_path / "packed")
    assert status == 1
    assert errors.startswith(f"error: {image}: {why} (")
    for path in (image, mask, folder):
        path.chmod(0o755)
    status, text, errors = run("evaluate", predictions, data)
    assert status == 1
    assert f"{unreadable}: {why}\n" in errors
    folder.chmod(0o755)


@pytest.mark.skipif(
    bool(AS_ANYONE) and shutil.which("setpriv") is None,
    reason="root writes everywhere, and setpriv, with which it gives that up, is missing",
)
def test_where_nothing_may_be_written_is_said(data: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o500)
    for command in (["data", "pack", data], ["data", "synthesize"]):
        status, _, errors = run(*command, closed / "new")
        assert status == 1
        assert errors.startswith(f"error: {closed}/new: {closed} cannot be written to; ")
        assert errors.count("\n") == 1
    assert list(closed.iterdir()) == []
