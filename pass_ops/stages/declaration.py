"""How a stage is declared: once, as a class.

    @stage(step="4.3", stage_class="post", headline="changed")
    class ApplyCrf(Stage):
        \"\"\"Move the borders of label maps to those of the image's colours. ...\"\"\"

        dataset: PointerPath
        coarse_maps: CoarseMapsPath
        config: CrfConfig
        crf_maps: CrfMapsPath = field(init=False)

        def run(self, tracker: Tracker) -> Metrics: ...

A field whose type is a kind of `pass_ops.paths` is an artifact: an output where it has
`field(init=False)`, else an input. One whose type is a class of `pass_ops.config` holds settings;
any other is a parameter. From this follow the stage's command, its place in the graph
(`pass_ops.graph`), what its component must look like, and how it is run (`stages.run`).
"""

from __future__ import annotations

import dataclasses
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform, get_args, get_type_hints

from pass_ops.stages.builder import current_builder
from pass_ops.tracking.tracker import Tracker

StageClass = Literal["train", "infer", "post"]
"""Trains on accelerators for hours or days; runs a network; needs neither."""

Metrics = Mapping[str, float]

SHARE = "share"
"""Parameter of stages whose work several tasks can share: which part of it a use does, such as 3/8;
empty for all of it.
"""


class Stage(ABC):
    """One use of a stage: its inputs, parameters and settings, and where its outputs go.

    While a graph is built (`stages.builder`), making one adds it to the graph, and its outputs are
    then what the builder says.
    """

    declaration: ClassVar[Declaration]

    def __post_init__(self) -> None:
        builder = current_builder()
        if builder is not None:
            for name, value in builder.add(self).items():
                setattr(self, name, value)

    @abstractmethod
    def run(self, tracker: Tracker) -> Metrics:
        """Do the work; returns the stage's metrics."""


@dataclass(frozen=True, kw_only=True)
class Port:
    """A field of a stage.

    Attributes:
        name: of the field.
        kind: its type: a kind of path, a class of settings, or a plain type.
        output: whether the stage writes it.
    """

    name: str
    kind: Any
    output: bool

    @property
    def is_artifact(self) -> bool:
        """Whether it is a file or a folder, of one kind or of one of several."""
        return hasattr((get_args(self.kind) or (self.kind,))[0], "__supertype__")

    @property
    def is_settings(self) -> bool:
        """Whether it is a class of settings."""
        return dataclasses.is_dataclass(self.kind)


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """What is known of a stage.

    Attributes:
        stage: its class.
        name: of the stage, its component and its command: `apply_crf`.
        step: of the method, as the table of method 2 numbers it; empty for what is none.
        stage_class: by which a cluster places it.
        headline: the metric that closing lines and tables show, if the stage has it.
        named_by: the parameter that tells its uses apart, if it is used more than once.
        run_as: how a use is called in logs, in MLflow and among a run's files.
        cached: whether what an earlier run wrote, of the same inputs and code, will do.
    """

    stage: type[Stage]
    name: str
    step: str
    stage_class: StageClass
    headline: str
    named_by: str
    run_as: str
    cached: bool

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """All fields, in the order in which they are declared."""
        hints = get_type_hints(self.stage)
        return tuple(
            Port(name=one.name, kind=hints[one.name], output=not one.init)
            for one in dataclasses.fields(self.stage)  # type: ignore[arg-type]  # See `stage`.
        )

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Artifacts, settings and parameters that a use is given."""
        return tuple(port for port in self.ports if not port.output)

    @property
    def outputs(self) -> tuple[Port, ...]:
        """Artifacts that it writes."""
        return tuple(port for port in self.ports if port.output)

    @property
    def can_be_shared(self) -> bool:
        """Whether several tasks can share the work of a use."""
        return any(port.name == SHARE for port in self.inputs)

    def run_name(self, values: Mapping[str, Any]) -> str:
        """How a use with these `values` of its fields is called: `train_classifier_f`."""
        return f"{self.run_as}_{values[self.named_by]}" if self.named_by else self.run_as


DECLARATIONS: dict[str, Declaration] = {}
"""Every declared stage by its name, once `pass_ops.stages` is imported."""

AnyStage = TypeVar("AnyStage", bound=Stage)


@dataclass_transform(kw_only_default=True, field_specifiers=(field,))
def stage(
    *,
    step: str,
    stage_class: StageClass,
    headline: str,
    named_by: str = "",
    run_as: str = "",
    cached: bool = True,
) -> Callable[[type[AnyStage]], type[AnyStage]]:
    """Declare a subclass of `Stage`, which becomes a dataclass whose fields are named by keyword.

    Args:
        step, stage_class, headline, named_by, run_as, cached: see `Declaration`; `run_as` is the
            stage's name unless given.
    """

    def declare(kind: type[AnyStage]) -> type[AnyStage]:
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        made = dataclass(kw_only=True)(kind)
        made.declaration = DECLARATIONS[name] = Declaration(
            stage=made,
            name=name,
            step=step,
            stage_class=stage_class,
            headline=headline,
            named_by=named_by,
            run_as=run_as or name,
            cached=cached,
        )
        return made

    return declare
