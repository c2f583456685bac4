"""Scratch folders: nothing stays, and nothing of anyone else's goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pass_ops.storage.scratch import scratch_folder

HOLDER = """
import sys, time
from pathlib import Path
from pass_ops.storage.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "half").touch()
    print(folder, flush=True)
    time.sleep(100)
"""


def hold(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that writes into a scratch folder, and that folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def kill(process: subprocess.Popen[str]) -> None:
    """End a process without a chance to tidy up."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_it_is_gone_afterwards(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as folder:
        (folder / "inner").mkdir()
        assert folder.parent == tmp_path
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_goes_and_what_a_living_one_holds_stays(tmp_path: Path) -> None:
    killed, left = hold(tmp_path)
    living, held = hold(tmp_path)
    kill(killed)
    assert left.is_dir()
    with scratch_folder(tmp_path) as folder:
        assert sorted(tmp_path.iterdir()) == sorted([folder, held])
    assert (held / "half").exists()
    kill(living)


def test_what_another_machine_left_goes_after_a_day(tmp_path: Path) -> None:
    process, left = hold(tmp_path)
    kill(process)
    (left / "owner").write_text("another machine")
    with scratch_folder(tmp_path):
        assert left.is_dir()
    os.utime(left / "owner", (1, 1))
    with scratch_folder(tmp_path):
        assert not left.exists()


@pytest.mark.parametrize(
    "name", [".partial-notes", ".partial-0123456789abcdef0123456789abcdef", ".new-1", "owner"]
)
def test_what_has_no_lock_of_ours_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.tex").touch()
    with scratch_folder(tmp_path):
        pass
    assert (tmp_path / name / "thesis.tex").exists()
