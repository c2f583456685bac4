"""Loops over shards of stages under KFP's compiler, and the placement that goes with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kfp import dsl

from components.placement import resolved_fields
from pass_ops.graph.loops import Loop, loop_of, parse_loops
from pass_ops.stages.declaration import SHARE, Declaration, StageClass
from pipelines.placement.placed import Decorator, placed, placed_by, placed_root


@dataclass(frozen=True, eq=False)
class Sharding:
    """What whoever compiles chooses. Equal to itself alone, so that sub-pipelines are made once.

    Attributes:
        text: of the loops, see `parse_loops`.
        placement: all fields of the placement, where they are written into the pipeline; None where
            each run gives them.
    """

    text: str
    placement: Mapping[str, Any] | None

    @cached_property
    def loops(self) -> Mapping[str, Loop]:
        """Stages whose work is shared, by name."""
        return parse_loops(self.text)

    @property
    def placed(self) -> Callable[[Collection[StageClass]], Decorator]:
        """Gives the decorator for a sub-pipeline of tasks of some classes."""
        values = self.placement
        return placed if values is None else lambda _: placed_by(values)

    @property
    def placed_root(self) -> Decorator:
        """The decorator for the pipeline."""
        return placed_root if self.placement is None else placed_by(self.placement)


UNSHARDED = Sharding("", None)


def choose_sharding(text: str, placement: Mapping[str, Any]) -> Sharding:
    """The sharding of a pipeline.

    Without shards each run gives its placement. With them it is written into the pipeline: as
    channels its fields alone take a twelfth of Argo's limit, which the loops need.

    Args:
        text: see `parse_loops`; empty for no shards.
        placement: fields that differ from their defaults.

    Raises:
        ConfigError: a stage that cannot be shared, or an impossible placement.
    """
    return Sharding(text, resolved_fields(placement)) if parse_loops(text) else UNSHARDED


def shared_work(
    *,
    declaration: Declaration,
    component: Callable[..., Any],
    inputs: Mapping[str, Any],
    loops: Mapping[str, Loop],
) -> Iterator[Any]:
    """Make the loop over the shards of a use of a stage, if it has one; yields what it repeats.

    Args:
        declaration: of the stage.
        component: of the same.
        inputs: of the use.
        loops: by stage.
    """
    if loop := loop_of(declaration, inputs, loops):
        shares = [f"{number}/{loop.shards}" for number in range(1, loop.shards + 1)]
        with dsl.ParallelFor(items=shares, parallelism=loop.at_once) as share:
            yield component(**inputs, **{SHARE: share})
