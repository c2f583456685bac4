"""Which stages are run as loops over shards of their work, a choice of whoever compiles."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kfp import dsl

from components.placement import resolved_fields
from pass_ops.data.splits import HELD_OUT
from pass_ops.errors import ConfigError
from pass_ops.stages.declaration import DECLARATIONS, SHARE, Declaration, StageClass
from pipelines.placement.placed import Decorator, placed, placed_by, placed_root

_TEXT = re.compile(r"(?:(\w+)=)?(\d+)(?:/(\d+))?", re.ASCII)
MOST = 64
"""Shards of a stage: far more than Argo's limit leaves room for."""
LONGEST = "predict_split"
"""The stage that a number without a name is for: of those that can be shared, it takes most hours
of ImageNet-S919 with classical masks (docs/scale.md).
"""


@dataclass(frozen=True)
class Loop:
    """How the work of a stage is shared.

    Attributes:
        shards: tasks that make a part of it each.
        at_once: how many of them may run at a time.
    """

    shards: int
    at_once: int


@dataclass(frozen=True, eq=False)
class Sharding:
    """What whoever compiles chooses. Equal to itself alone, so that sub-pipelines are made once.

    Attributes:
        loops: stages whose work is shared, by name.
        placement: all fields of the placement, where they are written into the pipeline; None where
            each run gives them.
    """

    loops: Mapping[str, Loop]
    placement: Mapping[str, Any] | None

    @property
    def placed(self) -> Callable[[Collection[StageClass]], Decorator]:
        """Gives the decorator for a sub-pipeline of tasks of some classes."""
        values = self.placement
        return placed if values is None else lambda _: placed_by(values)

    @property
    def placed_root(self) -> Decorator:
        """The decorator for the pipeline."""
        return placed_root if self.placement is None else placed_by(self.placement)


UNSHARDED = Sharding({}, None)


def parse_loops(text: str) -> Mapping[str, Loop]:
    """The loops that a text such as `predict_split=8/4 prompt_masks=8` names, by stage.

    Args:
        text: for each stage its name, the number of its shards, and, after a slash, how many of
            them may run at a time. A number without a name is for `LONGEST`.

    Raises:
        ConfigError: a stage that cannot be shared, or something else than a number.
    """
    loops: dict[str, Loop] = {}
    for one in text.split():
        match = _TEXT.fullmatch(one)
        shards = int(match[2]) if match else 0
        at_once = int(match[3] or shards) if match else 0
        if match is None or not 1 <= at_once <= shards <= MOST:
            raise ConfigError(
                f"shards {one}: give a stage and numbers, such as predict_split=8 or "
                f"predict_split=8/4 for four at a time; at most {MOST}"
            )
        stage = match[1] or LONGEST
        if stage not in DECLARATIONS or not DECLARATIONS[stage].can_be_shared:
            known = ", ".join(name for name, kind in DECLARATIONS.items() if kind.can_be_shared)
            raise ConfigError(f"shards {one}: {stage} is none of {known}")
        if shards > 1:
            loops[stage] = Loop(shards, at_once)
    return loops


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
    loops = parse_loops(text)
    return Sharding(loops, resolved_fields(placement)) if loops else UNSHARDED


def shared_work(
    *,
    declaration: Declaration,
    component: Callable[..., Any],
    inputs: Mapping[str, Any],
    loops: Mapping[str, Loop],
) -> Iterator[Any]:
    """Make the loop over the shards of a use of a stage, if it has one; yields what it repeats.

    Masks and predictions of the splits that are held out take little, and get none.

    Args:
        declaration: of the stage.
        component: of the same.
        inputs: of the use.
        loops: by stage.
    """
    loop = loops.get(declaration.name)
    if loop and inputs.get("split") != HELD_OUT:
        shares = [f"{number}/{loop.shards}" for number in range(1, loop.shards + 1)]
        with dsl.ParallelFor(items=shares, parallelism=loop.at_once) as share:
            yield component(**inputs, **{SHARE: share})
