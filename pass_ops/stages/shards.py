"""Where a stage that works through images keeps what it has done (`engine.checkpoints.shards`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pass_ops.data.pointer import DatasetPointer
from pass_ops.paths import PointerPath
from pass_ops.stages.declaration import Stage

if TYPE_CHECKING:
    from pass_ops.engine.checkpoints.checkpoints import Checkpoints

MINUTES = 10.0
"""Most minutes of work on a shard."""


@contextmanager
def shards_of(use: Stage, output: Path) -> Iterator[Checkpoints]:
    """The shards of a use of a stage, which are of no more need when the block ends well.

    Two uses with equal settings, parameters and inputs have the same.

    Args:
        use: of the stage.
        output: one of what it writes.
    """
    from pass_ops.engine.checkpoints.place import checkpoints_at

    settings: dict[str, Any] = {}
    artifacts: list[Path] = []
    keys: list[str] = []
    for port in use.declaration.inputs:
        value = getattr(use, port.name)
        if port.kind is PointerPath:
            keys.append(DatasetPointer.load(value).digest)
        elif port.is_artifact:
            artifacts.append(value)
        else:
            settings[port.name] = asdict(value) if port.is_settings else value
    with checkpoints_at(
        stage=use.declaration.name,
        settings=settings,
        keys=keys,
        artifacts=artifacts,
        output=output,
        minutes=MINUTES,
    ) as shards:
        yield shards
        shards.finish()
