"""What a local run leaves alone, and what it ends."""

from __future__ import annotations

import subprocess
import sys

import psutil

from pipelines.local.pipeline import _children_ended

SLEEPER = (sys.executable, "-c", "import time; time.sleep(100)")


def test_a_run_ends_the_processes_that_it_left_and_no_others() -> None:
    earlier, server = subprocess.Popen(SLEEPER), subprocess.Popen(SLEEPER, start_new_session=True)
    try:
        with _children_ended():
            left = subprocess.Popen(SLEEPER)
        assert not psutil.pid_exists(left.pid)
        assert earlier.poll() is None
        assert server.poll() is None
    finally:
        for process in (earlier, server):
            process.kill()
            process.wait()
