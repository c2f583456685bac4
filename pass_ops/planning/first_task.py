"""The plan as a run's first task prints it, before a GPU is asked for."""

from __future__ import annotations

from typing import Any

from pass_ops.config.settings import CONFIGS
from pass_ops.data.locate import locate
from pass_ops.engine.stage import one_line_errors
from pass_ops.graph.loops import parse_loops
from pass_ops.planning.plan import Node, plan
from pass_ops.planning.sets import scope_of
from pass_ops.planning.table import summary, table
from pass_ops.storage.pinned import place_of


def print_plan(resolved: Any, shards: str) -> None:
    """Print what a training run will take with one GPU for each task.

    What the placement gives trainings is another task's to read, and prices are nobody's input.

    Args:
        resolved: `stages.resolution.ResolvedSettings` of the run; with a model, it is an
            evaluation, and nothing is printed.
        shards: stages whose work several tasks share, see `parse_loops`.

    Raises:
        SystemExit: after one line on standard error, when the data set is gone.
    """
    if resolved.model_uri:
        return
    with one_line_errors():
        pointer = locate(place_of(resolved.data_uri))
        scope = scope_of(
            settings={name: getattr(resolved, name) for name in CONFIGS},
            counts=pointer.counts,
            categories=pointer.categories,
            masks=resolved.run["mask_backend"],
        )
    planned = plan(scope, Node(), parse_loops(shards))
    print(
        f"{table(planned).text()}\n{summary(planned)}\n"
        "with more GPUs for trainings, and prices: pass-ops plan PROFILE --gpus 8 --price 12",
        flush=True,
    )
