"""Running a compiled pipeline on this machine with KFP's own local runners, each stage a process or
container of its own.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import (
    AbstractContextManager,
    contextmanager,
    nullcontext,
    redirect_stderr,
    redirect_stdout,
    suppress,
)
from pathlib import Path
from typing import Any

import psutil
import yaml
from kfp import components, local

from pass_ops.errors import PassError
from pass_ops.evaluation.report.result import Stage
from pipelines.local.signals import signals_ignored
from pipelines.local.stage_metrics import stage_figures
from pipelines.local.task_log import TaskLog
from pipelines.servers.endpoints import variables

# Makes KFP's runner for a run, given `state` and the folder of the run's outputs.
OpenRunner = Callable[[Path, Path], AbstractContextManager[Any]]


class StageFailedError(PassError):
    """A stage of the pipeline failed."""


def process_runner(_state: Path, _outputs: Path) -> AbstractContextManager[local.SubprocessRunner]:
    """A runner that starts each stage as a process of this Python."""
    return nullcontext(local.SubprocessRunner(use_venv=False))


def run_package(
    *,
    package: Path,
    arguments: Mapping[str, Any],
    state: Path,
    sources: Iterable[Path],
    cache: bool,
    log: TaskLog,
    open_runner: OpenRunner = process_runner,
) -> tuple[dict[str, Any], tuple[Stage, ...]]:
    """Run the compiled pipeline `package`; return its outputs, KFP artifacts by name, and what its
    stages measured.

    Args:
        package: in the folder of the run, whose name the stages' outputs are filed under.
        arguments: values of the pipeline's parameters.
        state: folder that keeps the stages' outputs, and the cache that lets a later run find them.
        sources: folders and files whose content decides what the stages compute. KFP's cache key
            holds a stage's inputs but not the code that it calls, hence one cache for each content
            of `sources`.
        cache: whether finished stages with the same inputs are taken from the cache.
        log: gets everything that the runner and the stages print.
        open_runner: what runs the stages.

    Raises:
        StageFailedError: names the stage, its error and the log.
    """
    outputs, entries = state / "stages" / package.parent.name, state / "cache" / digest_of(sources)
    with (
        _all_output_to(log),
        _own_scratch(),
        _children_ended(),
        open_runner(state, outputs) as runner,
    ):
        local.init(
            runner,
            pipeline_root=str(outputs),
            enable_caching=cache,
            cache_root=str(entries),
        )
        try:
            handed_on = dict(components.load_component_from_file(str(package))(**arguments).outputs)
        except RuntimeError as error:
            if log.failure is None:
                raise
            raise StageFailedError(
                f"stage {log.failure.stage} failed: {log.failure.cause} (log: {log.path})"
            ) from error
    return handed_on, stage_figures(log.executed, outputs, entries)


def stage_names(package: Path) -> dict[str, str]:
    """The stages of a compiled pipeline, those of nested pipelines included: what the local runner
    calls them, and the names that the KFP UI shows.
    """
    spec = next(yaml.safe_load_all(package.read_text()))
    names: dict[str, str] = {}

    def visit(component: Mapping[str, Any]) -> None:
        for task in component["dag"]["tasks"].values():
            reference = task["componentRef"]["name"]
            if "dag" in spec["components"][reference]:
                visit(spec["components"][reference])
            else:
                names[reference.removeprefix("comp-")] = task["taskInfo"]["name"]

    visit(spec["root"])
    return names


def digest_of(sources: Iterable[Path]) -> str:
    """16 hex digits that change with the name or content of a file of `sources`, or a .py or .yaml
    file below one.
    """
    digest = hashlib.sha256()
    for source in sources:
        files = (
            [source]
            if source.is_file()
            else sorted(f for f in source.rglob("*") if f.suffix in (".py", ".yaml"))
        )
        for file in files:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
            digest.update(f"{file.relative_to(source.parent).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]


@contextmanager
def _all_output_to(log: TaskLog) -> Iterator[None]:
    """Send prints, logging and warnings to `log`: KFP's runner uses all three."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers[:] = [logging.StreamHandler(log)]
    root.setLevel(logging.INFO)
    try:
        with redirect_stdout(log), redirect_stderr(log), warnings.catch_warnings():
            yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


@contextmanager
def _own_scratch() -> Iterator[None]:
    """A temporary folder for the stages: KFP's runner leaves one behind for each of them."""
    with tempfile.TemporaryDirectory(prefix="pass-ops-") as scratch, variables({"TMPDIR": scratch}):
        yield


@contextmanager
def _children_ended() -> Iterator[None]:
    """End the processes that the block started and left behind: after Ctrl-C, the stage's.

    Servers have sessions of their own; processes that were there before the block belong to whoever
    runs it.
    """
    before = set(_children())
    try:
        yield
    finally:
        with signals_ignored():
            children = [child for child in _children() if child not in before]
            for child in children:
                with suppress(psutil.NoSuchProcess):
                    child.terminate()
            _, alive = psutil.wait_procs(children, timeout=5)
            for child in alive:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            psutil.wait_procs(alive, timeout=5)


def _children() -> list[psutil.Process]:
    """The processes below this one, in our session."""
    return [child for child in psutil.Process().children(recursive=True) if _in_our_session(child)]


def _in_our_session(process: psutil.Process) -> bool:
    with suppress(ProcessLookupError):
        return os.getsid(process.pid) == os.getsid(0)
    return False
