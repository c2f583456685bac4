"""What signals do to a stage."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from pass_ops.engine.signals import signals_unwind, signals_wait

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_unwinds_and_the_handler_before_is_put_back(number: signal.Signals) -> None:
    before, cleaned = signal.getsignal(number), []

    def work() -> None:
        try:
            signal.raise_signal(number)
        finally:
            # What cleans up is not interrupted by another one.
            signal.raise_signal(signal.SIGTERM)
            cleaned.append(True)

    with pytest.raises(SystemExit) as ended, signals_unwind():
        work()
    assert ended.value.code == 128 + number
    assert cleaned == [True]
    assert signal.getsignal(number) is before


def test_a_signal_waits_for_the_end_of_a_block() -> None:
    done = []

    def work() -> None:
        with signals_wait() as waiting:
            assert waiting() == 0
            signal.raise_signal(signal.SIGINT)
            assert waiting() == signal.SIGINT
            done.append(True)
        done.append(False)

    with pytest.raises(SystemExit) as ended, signals_unwind():
        work()
    assert ended.value.code == 130
    assert done == [True]


def test_an_error_is_not_hidden_by_a_signal_that_waits() -> None:
    def work() -> None:
        with signals_wait():
            signal.raise_signal(signal.SIGTERM)
            _ = 1 / 0

    with pytest.raises(ZeroDivisionError), signals_unwind():
        work()


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_unwind():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_changes_nothing() -> None:
    handlers = []

    def run() -> None:
        with signals_unwind():
            handlers.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGTERM)]


def test_signals_reach_python_after_jittor_is_imported() -> None:
    """SIGINT would end the process in C++ with status 1, and so would a child's death."""
    program = (
        "import signal, subprocess, sys\n"
        "from pass_ops.engine.signals import signals_unwind\n"
        "with signals_unwind():\n"
        "    import pass_ops.engine.jittor\n"
        "    child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "    child.kill()\n"
        "    print(child.wait(), flush=True)\n"
        "    try:\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    finally:\n"
        "        print('unwound')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout.split(), ended.returncode) == (["-9", "unwound"], 130), ended.stderr
