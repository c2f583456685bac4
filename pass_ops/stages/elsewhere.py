"""A stage's artifacts where other machines see them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pass_ops.stages.declaration import Declaration
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.kinds import form_of


@contextmanager
def handed_over(
    declaration: Declaration, values: Mapping[str, Any], folder: Path
) -> Iterator[dict[str, Any]]:
    """Copy a use's inputs into a folder, and its outputs from there at the end.

    The folder is removed when they are where they belong. Where the block fails it stays, with the
    checkpoints beside its outputs, for another attempt.

    Args:
        declaration: of the stage.
        values: of all its fields, see `stages.run.run_stage`.
        folder: that other machines see; made if it is not there.

    Yields:
        the values for these machines.

    Raises:
        StorageError: one of the disks is full.
    """
    there = dict(values)
    for port in declaration.ports:
        if port.is_artifact:
            # With its name, which may have a suffix.
            there[port.name] = folder / port.name / Path(values[port.name]).name
    for port in declaration.inputs:
        if port.is_artifact:
            _replace(there[port.name], Path(values[port.name]))
    yield there
    for port in declaration.outputs:
        if there[port.name].exists():
            with atomic_path(Path(values[port.name]), form_of(port.kind)) as temporary:
                _copy(there[port.name], temporary)
    shutil.rmtree(folder)


def _replace(target: Path, source: Path) -> None:
    """Put a copy of an artifact where an earlier attempt may have put one.

    Args:
        target: the copy's path.
        source: file or folder.
    """
    with space_needed(target):
        shutil.rmtree(target.parent, ignore_errors=True)
        target.parent.mkdir(parents=True)
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copyfile(source, target)
