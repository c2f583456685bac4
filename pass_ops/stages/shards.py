"""Where a stage that works piece by piece keeps what it has done (`engine.checkpoints.shards`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.checkpoints.share import Share
from pass_ops.paths import PointerPath
from pass_ops.stages.declaration import SHARE, Stage

if TYPE_CHECKING:
    from pass_ops.engine.checkpoints.shards import Shards

MINUTES = 10.0
"""Most minutes of work on a shard."""


@contextmanager
def shards_of(use: Stage, output: Path) -> Iterator[Shards]:
    """What a use of a stage has done; of no more need when the block ends well.

    Two uses of the same name with equal settings, parameters and inputs have the same, and find
    what tasks have made that share their work.

    Args:
        use: of the stage.
        output: one of what it writes.
    """
    from pass_ops.engine.checkpoints.place import checkpoints_at
    from pass_ops.engine.checkpoints.shards import Shards

    share = Share.parse(getattr(use, SHARE, ""))
    settings: dict[str, Any] = {}
    artifacts: list[Path] = []
    keys: list[str] = []
    for port in use.declaration.inputs:
        value = getattr(use, port.name)
        if port.name == SHARE:
            continue
        if port.kind is PointerPath:
            pointer = DatasetPointer.load(value)
            keys.append(f"{pointer.digest}:{pointer.clusters}")
        elif port.is_artifact:
            artifacts.append(value)
        else:
            settings[port.name] = asdict(value) if port.is_settings else value
    with checkpoints_at(
        stage=use.declaration.run_name(vars(use)),
        settings=settings,
        keys=keys,
        artifacts=artifacts,
        output=output,
        minutes=MINUTES,
        share=share,
    ) as checkpoints:
        yield Shards(checkpoints, share)
        checkpoints.finish()
