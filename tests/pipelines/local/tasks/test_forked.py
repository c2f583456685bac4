"""Stages as forks: as in a process of their own, or in one where no fork can be made."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from pipelines.local.tasks import forked
from pipelines.local.tasks.forked import ForkServer

# What KFP compiles, but for what it runs.
SCRIPT = f"""
program_path=$(mktemp -d)
printf "%s" "$0" > "$program_path/ephemeral_component.py"
exec {sys.executable} -m kfp.dsl.executor_main --component_module_path \
    "$program_path/ephemeral_component.py" "$@"
"""
SOURCE = """
import os
import signal
import sys

def stage(word: str):
    print(os.getppid(), os.environ.get("MARK"), file=sys.stderr)
    if word == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "fail":
        raise ValueError("in vain")
    sys.stdout.reconfigure(errors="backslashreplace")
    print("niceness:", os.nice(0))
    print("interrupts:", signal.getsignal(signal.SIGINT).__name__)
"""


def command(word: str, outputs: Path) -> list[str]:
    """The command of a stage.

    Args:
        word: that it is given.
        outputs: folder to write to.
    """
    given = f"""{{"inputs": {{"parameterValues": {{"word": "{word}"}}}},
        "outputs": {{"outputFile": "{outputs}/out.json"}}}}"""
    executor = ["--executor_input", given, "--function_to_execute", "stage"]
    return ["sh", "-ec", SCRIPT, SOURCE, *executor]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with ForkServer(jittor=False) as server:
        yield server


def pid(server: ForkServer) -> int:
    """Of the process that forks."""
    return server._process.pid


def test_a_fork_prints_ends_and_fails_as_a_process_does(server: ForkServer, tmp_path: Path) -> None:
    for word, status in (("print", 0), ("fail", 1), ("kill", -signal.SIGKILL)):
        started = server.start(command(word, tmp_path), os.environ | {"MARK": word})
        output = started.output.read()
        assert started.wait() == status, output
        assert f"{pid(server)} {word}" in output
        assert ("interrupts: default_int_handler" in output) == (word == "print")
        assert ("ValueError: in vain" in output) == (word == "fail")


def test_forks_run_at_the_same_time(server: ForkServer, tmp_path: Path) -> None:
    both = [server.start(command("print", tmp_path), os.environ) for _ in range(2)]
    assert all("interrupts: " in started.output.read() for started in both)
    assert [started.wait() for started in both] == [0, 0]


def test_a_fork_is_as_nice_as_is_asked(server: ForkServer, tmp_path: Path) -> None:
    nice = server.start(command("print", tmp_path), os.environ, 7)
    other = server.start(command("print", tmp_path), os.environ)
    own = os.nice(0)
    for started, expected in ((nice, min(own + 7, 19)), (other, own)):
        assert f"niceness: {expected}\n" in started.output.read()
        assert started.wait() == 0


def test_what_is_no_component_is_started_as_it_is(server: ForkServer) -> None:
    started = server.start([sys.executable, "-c", "print(1)"], os.environ)
    assert (started.output.read(), started.wait()) == ("1\n", 0)


def test_code_that_has_changed_since_is_imported_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "PRELOADED", ("kfp.dsl.executor_main", "pass_ops.errors"))
    with ForkServer(jittor=False) as server:
        first = server.start(command("print", tmp_path), os.environ)
        assert f"{pid(server)} None" in first.output.read()
        assert first.wait() == 0
        source = Path(sys.modules["pass_ops.errors"].__file__ or "")
        before = source.stat()
        try:
            os.utime(source)
            second = server.start(command("print", tmp_path), os.environ)
            assert f"{os.getpid()} None" in second.output.read()
            assert second.wait() == 0
        finally:
            os.utime(source, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_without_a_server_stages_are_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forked, "PRELOADED", ("no_such_module",))
    with ForkServer(jittor=False) as server:
        started = server.start(command("print", tmp_path), os.environ)
        assert f"{os.getpid()} None" in started.output.read()
        assert started.wait() == 0


def test_its_end_is_the_run_s(tmp_path: Path) -> None:
    with ForkServer(jittor=False) as server:
        process = psutil.Process(pid(server))
        started = server.start(command("print", tmp_path), os.environ)
        started.output.read()
        assert started.wait() == 0
        os.kill(process.pid, signal.SIGINT)
        again = server.start(command("print", tmp_path), os.environ)
        assert f"{process.pid} None" in again.output.read()
        assert again.wait() == 0
    assert not process.is_running()
