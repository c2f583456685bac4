"""Telling a process from a later one that has got its id."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime

from pipelines.servers.identity import NONE, start_ticks, start_time


def test_processes_start_one_after_the_other_and_are_gone_when_they_have_ended() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        assert start_ticks(child.pid) == start_ticks(child.pid) > start_ticks(os.getpid())
        assert datetime.fromisoformat(start_time(child.pid)) <= datetime.now()
        child.kill()
    assert (start_ticks(child.pid), start_time(child.pid)) == (NONE, "")


def test_a_name_with_brackets_and_spaces_is_no_obstacle() -> None:
    # The kernel writes it between the numbers.
    command = ["python3", "-c", "open('/proc/self/comm', 'w').write('a) S 1 (b'); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as child:
        assert start_ticks(child.pid) >= start_ticks(os.getpid())
        child.kill()
