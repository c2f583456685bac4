"""Which stages are run as loops over shards of their work, a choice of whoever compiles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pass_ops.data.splits import HELD_OUT
from pass_ops.errors import ConfigError
from pass_ops.stages.declaration import DECLARATIONS, Declaration

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


def loop_of(
    declaration: Declaration, values: Mapping[str, Any], loops: Mapping[str, Loop]
) -> Loop | None:
    """The loop of a use of a stage; None where it has none.

    Args:
        declaration: of the stage.
        values: of the use's fields by name.
        loops: by stage.
    """
    # Masks of the images that are held out take little.
    if declaration.name == "prompt_masks" and values["split"] == HELD_OUT:
        return None
    return loops.get(declaration.name)
