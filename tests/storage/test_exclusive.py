"""One at a time at a file; what waits goes on when the one before is done, or killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pass_ops.storage.exclusive import exclusive

HOLDER = """
import sys, time
from pathlib import Path
from pass_ops.storage.exclusive import exclusive
with exclusive(Path(sys.argv[1])):
    print("inside", flush=True)
    time.sleep(600)
"""


def test_threads_take_turns_and_leave_nothing(tmp_path: Path) -> None:
    path, inside, most, guard = tmp_path / "new" / "file", 0, 0, threading.Lock()

    def work(_: int) -> None:
        nonlocal inside, most
        for _ in range(25):
            with exclusive(path):
                with guard:
                    inside += 1
                    most = max(most, inside)
                with guard:
                    inside -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert most == 1
    assert list(path.parent.iterdir()) == []


def test_another_file_does_not_wait(tmp_path: Path) -> None:
    with exclusive(tmp_path / "one"), exclusive(tmp_path / "two"):
        assert {path.name for path in tmp_path.iterdir()} == {".one.lock", ".two.lock"}


def test_an_error_ends_the_turn(tmp_path: Path) -> None:
    with pytest.raises(KeyError), exclusive(tmp_path / "file"):
        raise KeyError
    with exclusive(tmp_path / "file"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "inside\n"
    entered = threading.Event()

    def wait() -> None:
        with exclusive(path):
            entered.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert not entered.wait(0.2)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    waiter.join()
    assert entered.is_set()
    assert list(tmp_path.iterdir()) == []
