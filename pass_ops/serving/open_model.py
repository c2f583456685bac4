"""An exported model from wherever models are kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pass_ops.engine.fetch_model import fetch_files, require_files
from pass_ops.paths import ModelPath
from pass_ops.serving.files import NEEDED
from pass_ops.serving.model import Model
from pass_ops.storage.addresses import is_s3
from pass_ops.tracking.registry import is_registered

ADVICE = "give the folder model/ of a run"


@contextmanager
def open_model(address: str) -> Iterator[Model]:
    """The model at an address, for as long as the block runs.

    Args:
        address: a folder, `s3://bucket/prefix`, `models:/name/version` or `models:/name@alias`.

    Raises:
        ArtifactError, DataError, StorageError: there is none, it lacks files, or they hold
            something else.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(address)
        if is_s3(address) or is_registered(address):
            folder = Path(scratch) / "model"
            fetch_files(uri=address, names=NEEDED, advice=ADVICE, folder=folder)
        require_files(folder=folder, uri=address, names=NEEDED, advice=ADVICE)
        yield Model(ModelPath(folder))
