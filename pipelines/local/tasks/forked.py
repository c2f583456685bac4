"""Starting stages as forks of a process that has imported what they import."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from threading import Lock
from typing import Self

from pass_ops.engine.gpu import gpu_count
from pipelines.local.tasks import fork_server
from pipelines.local.tasks.fork_server import JITTOR, PRELOADED, STARTED, Request
from pipelines.local.tasks.started import Started, start_process


class ForkServer:
    """What starts the stages of a run, in its `with` block.

    Args:
        jittor: whether stages compute with Jittor.
    """

    def __init__(self, *, jittor: bool) -> None:
        # Jittor's import opens a GPU, which no fork could use then.
        self._modules = (*PRELOADED, JITTOR) if jittor and not gpu_count() else PRELOADED
        self._asking = Lock()

    def __enter__(self) -> Self:
        self._requests, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", fork_server.__name__, str(theirs.fileno())),
                    *self._modules,
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Where it fails, stages start without it, and say what is wrong.
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # The first is for libraries that read it before `engine.jittor` can set it, the
                # last from the command that KFP compiles.
                env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "_KFP_RUNTIME": "true"},
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._requests.close()
        self._process.terminate()
        self._process.wait()

    def start(
        self, command: Sequence[str], variables: Mapping[str, str], niceness: int = 0
    ) -> Started:
        """Start a stage: as a fork, or as a process of its own where that is not possible.

        Args:
            command: that KFP 2.17.0 compiled.
            variables: its environment.
            niceness: see `start_process`.
        """
        match command:
            # Not one that installs packages before.
            case ["sh", "-ec", script, source, *arguments] if "kfp.dsl.executor_main" in script:
                request = Request(
                    source=source,
                    arguments=arguments,
                    variables=dict(variables),
                    niceness=niceness,
                )
                return self._fork(request) or start_process(command, variables, niceness)
        return start_process(command, variables, niceness)

    def _fork(self, request: Request) -> Started | None:
        """A fork; None where the server is gone or refuses.

        Args:
            request: what it is to run.
        """
        ours, theirs = socket.socketpair()
        reader, writer = os.pipe()
        output, answers = os.fdopen(reader, errors="replace"), ours.makefile("rb")

        def wait() -> int:
            with output, answers:
                return int(answers.read() or 1)

        try:
            with ours, theirs, os.fdopen(writer, "wb"):
                with self._asking:
                    socket.send_fds(self._requests, [b"?"], [theirs.fileno(), writer])
                theirs.close()
                ours.sendall(json.dumps(asdict(request)).encode())
                ours.shutdown(socket.SHUT_WR)
            if answers.readline() == STARTED:
                return Started(output, wait)
        except OSError:
            pass
        wait()
        return None
