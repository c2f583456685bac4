"""The graph as a list of tasks, in an order in which they can run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast, get_type_hints

from pass_ops.config.settings import RunInfo, Settings
from pass_ops.paths import suffix_of
from pass_ops.stages.builder import building
from pass_ops.stages.declaration import Declaration, Stage

Outputs = TypeVar("Outputs")


@dataclass(frozen=True)
class Setting:
    """Stands for the settings of that name, `run` for what a run is of."""

    name: str


@dataclass(frozen=True)
class Parameter:
    """Stands for a parameter of the whole run, such as its data set's address."""

    name: str


class SettingNames:
    """In place of `Settings`: each attribute stands for the settings of its name.

    Attributes:
        names: of those that were asked for so far.
    """

    def __init__(self) -> None:
        self.names: dict[str, None] = {}

    def __getattr__(self, name: str) -> Setting:
        if name not in get_type_hints(Settings):
            raise AttributeError(name)
        self.names[name] = None
        return Setting(name)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One use of a stage in the graph.

    Attributes:
        name: as in logs and among a run's files: `train_classifier_f`.
        declaration: of the stage.
        values: of its fields by name: `Setting` and `Parameter` for what a run decides, a relative
            path `<task>/<file>` for an artifact, else a constant.
    """

    name: str
    declaration: Declaration
    values: Mapping[str, Any]


@dataclass
class Recorder:
    """A builder that remembers every stage, with the paths of its outputs."""

    tasks: list[Task] = field(default_factory=list)

    def add(self, stage: Stage) -> dict[str, Path]:
        """Remember a stage; each output is `<task>/<field><suffix>`."""
        declaration = stage.declaration
        inputs = {port.name: getattr(stage, port.name) for port in declaration.inputs}
        name = declaration.run_name(inputs)
        outputs = {
            port.name: Path(name) / f"{port.name}{suffix_of(port.kind)}"
            for port in declaration.outputs
        }
        if any(task.name == name for task in self.tasks):
            raise ValueError(f"two tasks are called {name}: give them other names")
        self.tasks.append(Task(name=name, declaration=declaration, values=inputs | outputs))
        return outputs

    def open(self, box: Callable[..., Outputs], arguments: Mapping[str, Any]) -> Outputs:
        """Remember the stages of a box."""
        return box(**arguments)


def record(wiring: Callable[..., object]) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """The tasks of some wiring, and the names of the settings that it asks `Settings` for.

    Args:
        wiring: a function of this package, each of whose parameters is `Settings` or stands for
            itself.
    """
    recorder, settings = Recorder(), SettingNames()
    arguments: dict[str, Any] = {}
    for name, kind in get_type_hints(wiring).items():
        if kind is Settings:
            arguments[name] = cast(Settings, settings)
        elif kind is RunInfo:
            arguments[name] = Setting("run")
        elif name != "return":
            arguments[name] = Parameter(name)
    with building(recorder):
        wiring(**arguments)
    return tuple(recorder.tasks), tuple(settings.names)


@cache
def training_tasks() -> Mapping[str, Task]:
    """The tasks of the training pipeline by name, in an order in which they can run."""
    from pass_ops.graph.training import training

    return {task.name: task for task in record(training)[0]}
