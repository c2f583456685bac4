"""What each stage costs before its own work begins.

`stage_start_<name>`: seconds of processor time, the children's too, of a process that starts as
KFP's runners start a stage and imports what the runner, the tracker with a server and the stage's
`run` begin with; the median of three. With `python -X importtime` in place of `python`, `SCRIPT`
says which import they go to. `stage_start_forked`: the same of a stage of a run on this machine, by
`pipelines.local.tasks.forked`; the mean of eight.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import resource
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from itertools import dropwhile, takewhile
from statistics import median
from typing import Any

import pass_ops.stages  # noqa: F401  It declares them.
from pass_ops.stages.declaration import DECLARATIONS, Stage
from pipelines.local.tasks.forked import ForkServer

LIMIT, TIMES, FORKS = 0.7, 3, 8
SCRIPT = """
import kfp.dsl.executor_main
from pass_ops.engine.stage import record
from pass_ops.stages.run import run_stage
from pass_ops.tracking.rest_client import RestClient
"""


def main() -> None:
    """Print the metrics."""
    _seconds("pass")  # Not counted: it reads the files from the disk.
    for name, declaration in DECLARATIONS.items():
        script = "\n".join((SCRIPT, *imports_of(declaration.stage)))
        seconds = median(_seconds(script) for _ in range(TIMES))
        line = {"name": f"stage_start_{name}", "seconds": round(seconds, 3), "limit": LIMIT}
        print(json.dumps(line | {"unit": "s of CPU"}), flush=True)
    seconds = (_forks_seconds(1 + FORKS) - _forks_seconds(1)) / FORKS
    line = {"name": "stage_start_forked", "seconds": round(seconds, 3), "limit": LIMIT}
    print(json.dumps(line | {"unit": "s of CPU"}), flush=True)


def imports_of(stage: type[Stage]) -> Iterator[str]:
    """The imports that a stage's `run`, and the functions beside it that it calls, begin with."""
    source = inspect.getsource(stage.run)
    module = sys.modules[stage.__module__]
    beside = inspect.getmembers(module, inspect.isfunction)
    called: list[Any] = [function for name, function in beside if f"{name}(" in source]
    for function in (stage.run, *called):
        tree: Any = ast.parse(textwrap.dedent(inspect.getsource(function)))
        statements = dropwhile(lambda one: isinstance(one, ast.Expr), tree.body[0].body)
        for statement in takewhile(lambda one: isinstance(one, ast.ImportFrom), statements):
            yield ast.unparse(statement)


def _forks_seconds(count: int) -> float:
    """Seconds of processor time of so many forks that import Jittor, and of their server."""
    component = "def stage():\n    import pass_ops.engine.jittor"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with ForkServer(jittor=True) as server, tempfile.TemporaryDirectory() as folder:
        given = json.dumps({"outputs": {"outputFile": f"{folder}/out.json"}})
        arguments = ["--executor_input", given, "--function_to_execute", "stage"]
        command = ["sh", "-ec", "python3 -m kfp.dsl.executor_main", component, *arguments]
        for _ in range(count):
            fork = server.start(command, os.environ | {"TMPDIR": folder})
            output = fork.output.read()
            assert fork.wait() == 0, output
    return _since(before)


def _seconds(script: str) -> float:
    """Seconds of processor time of a process that runs a script and ends at once."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", f"{script}\nimport os; os._exit(0)"],
        # As in the command that KFP compiles.
        env=os.environ | {"_KFP_RUNTIME": "true"},
        check=True,
    )
    return _since(before)


def _since(before: resource.struct_rusage) -> float:
    """Seconds of processor time of this process's children since then.

    Args:
        before: what they had used.
    """
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
