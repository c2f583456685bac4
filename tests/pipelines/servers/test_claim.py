"""What is left behind by a process that is killed while it uses the stores."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from pipelines.servers.claim import VARIABLE, claim
from pipelines.servers.identity import start_time
from tests.pipelines.local.environment import user_environment

# A run with a stage that saves its work when it is told to end, which needs the server.
OWNER = """
import subprocess, sys, time
from pathlib import Path
from pipelines.servers.claim import claim

STAGE = '''
import pathlib, signal, sys, time
def save(*_):
    time.sleep(0.5)
    lives = "S" in pathlib.Path("/proc", sys.argv[1], "stat").read_text().rpartition(")")[2]
    pathlib.Path("saved").write_text(str(lives))
    sys.exit()
signal.signal(signal.SIGTERM, save)
print("up", flush=True)
time.sleep(100)
'''
with claim(Path("state")) as killed:
    server = subprocess.Popen(["sleep", "100"], start_new_session=True)
    stage = subprocess.Popen(
        [sys.executable, "-c", STAGE, str(server.pid)], stdout=subprocess.PIPE, text=True
    )
    stage.stdout.readline()
    print(*killed, server.pid, stage.pid, flush=True)
    time.sleep(100)
"""


def start_owner(folder: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """A process that holds a claim; it, and those that it has started, watchdog included.

    Args:
        folder: in which `state` is.
    """
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER],
        cwd=folder,
        env=user_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    assert owner.stdout.readline()
    return owner, psutil.Process(owner.pid).children(recursive=True)


def ended(processes: list[psutil.Process]) -> bool:
    """Whether all have ended within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        alive = [
            process
            for process in processes
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]
        if not alive:
            return True
        time.sleep(0.05)
    return False


def test_servers_and_stages_end_with_a_killed_run_stages_first(tmp_path: Path) -> None:
    owner, started = start_owner(tmp_path)
    assert len(started) == 3
    since = start_time(owner.pid)
    owner.kill()
    owner.wait()
    assert ended(started)
    assert (tmp_path / "saved").read_text() == "True"
    with claim(tmp_path / "state") as killed:
        assert killed == [
            f"what was started on {since} (pid {owner.pid}) was killed: finished stages are taken "
            "from the cache"
        ]
    with claim(tmp_path / "state") as killed:
        assert killed == []


def test_the_next_one_ends_what_a_killed_watchdog_could_not(tmp_path: Path) -> None:
    owner, started = start_owner(tmp_path)
    module = "pipelines.servers.watchdog"
    (watchdog,) = (process for process in started if module in process.cmdline())
    watchdog.kill()
    owner.kill()
    owner.wait()
    with claim(tmp_path / "state") as killed:
        assert "2 processes that it left behind are ended" in killed[0]
        assert ended(started)


def test_claims_stand_side_by_side_and_leave_nothing(tmp_path: Path) -> None:
    owner, started = start_owner(tmp_path)
    with claim(tmp_path / "state") as killed:
        assert killed == []
        assert owner.poll() is None
        assert len(list((tmp_path / "state" / "claims").iterdir())) == 2
        child = subprocess.run(["printenv", VARIABLE], capture_output=True, text=True, check=True)
        assert str(os.getpid()) in Path(child.stdout).name
    assert VARIABLE not in os.environ
    owner.send_signal(signal.SIGINT)
    owner.wait()
    assert list((tmp_path / "state" / "claims").iterdir()) == []
    for process in started:
        if process.is_running():
            process.kill()
