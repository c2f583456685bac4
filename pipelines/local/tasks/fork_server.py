"""The process that stages are forks of; `tasks.forked` starts it and asks.

It has imported what stages import, which takes a process of its own a second, for each stage. A
fork returns from `serve`, runs KFP's executor, and ends as any Python does.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from typing import TextIO

PRELOADED = (
    "kfp.dsl.executor_main",
    "pandas",
    "pass_ops.stages.run",
    "pass_ops.tracking.rest_client",
    "pass_ops.clustering.labels",
    "pass_ops.data.images",
    "scipy.stats",
    "sklearn.metrics",
)
JITTOR = "pass_ops.engine.jittor"

STARTED = b"started\n"
"""The first answer to a request, unless none will come: the exit status is the second."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A component to run.

    Attributes:
        source: of its module.
        arguments: of KFP's executor.
        variables: the environment.
        niceness: how much less urgent than this process it is.
    """

    source: str
    arguments: list[str]
    variables: dict[str, str]
    niceness: int


def serve(requests: socket.socket) -> Request | None:
    """Make a fork for each request, and answer how it ends.

    Args:
        requests: brings two descriptors for each: a socket, from which the request is read and
            which gets the answers, and where to print to.

    Returns:
        In a fork, what it is to run; in this process, None when nobody asks any more.
    """
    code = _code()
    with requests, DefaultSelector() as selector:
        selector.register(requests, EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data is not None:
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    _answer_end(*key.data)
                    continue
                _, descriptors, _, _ = socket.recv_fds(requests, 1, 2)
                if not descriptors:
                    return None
                answers, output = socket.socket(fileno=descriptors[0]), descriptors[1]
                with answers.makefile("rb") as sent:
                    request = Request(**json.load(sent))
                # The asker then starts a process, which imports the new code.
                if _code() != code:
                    answers.close()
                elif pid := os.fork():
                    answers.sendall(STARTED)
                    selector.register(os.pidfd_open(pid), EVENT_READ, (pid, answers))
                else:
                    answers.close()
                    _print_to(output)
                    return request
                os.close(output)


def _print_to(output: int) -> None:
    """Let all that this process prints go elsewhere.

    Args:
        output: a descriptor, which is closed.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(output, number)
        # New ones, since the old ones take what they write to for a file that one can seek in.
        before: TextIO = getattr(sys, name)
        after = os.fdopen(number, "w", encoding=before.encoding, errors=before.errors)
        # Standard error is told line by line, so that nothing is lost of a process that is killed.
        after.reconfigure(line_buffering=number == 2)
        setattr(sys, name, after)
    os.close(output)


def _answer_end(pid: int, answers: socket.socket) -> None:
    """Answer with which status a fork has ended.

    Args:
        pid: the fork.
        answers: to whoever asked for it.
    """
    _, status = os.waitpid(pid, 0)
    with answers, suppress(OSError):
        answers.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _code() -> dict[str, int]:
    """When the files of our modules were changed last, as far as they are imported."""
    files = {
        module.__file__
        for name, module in sys.modules.items()
        if name.startswith("pass_ops.") and module.__file__
    }
    return {file: os.stat(file).st_mtime_ns if os.path.exists(file) else 0 for file in files}


def run(request: Request) -> None:
    """What the command does that KFP 2.17.0 compiles for a component."""
    from kfp.dsl.executor_main import executor_main

    os.nice(request.niceness)
    os.environ.update(request.variables)
    # It remembers what TMPDIR was.
    tempfile.tempdir = None
    module = Path(tempfile.mkdtemp(), "ephemeral_component.py")
    module.write_text(request.source, encoding="utf-8")
    sys.argv = ["executor_main", "--component_module_path", str(module), *request.arguments]
    executor_main()


def main() -> None:
    """Serve, and run what is asked for."""
    # Ctrl-C reaches all processes of a terminal: this one ends with the run.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, *modules = sys.argv[1:]
    for name in modules:
        importlib.import_module(name)
    # Garbage collection would write to all that forks share with this process.
    gc.freeze()
    request = serve(socket.socket(fileno=int(descriptor)))
    if request is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run(request)


if __name__ == "__main__":
    main()
