"""Files of a run on their way to where an MLflow server keeps them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pass_ops.tracking.mlflow_errors import library_errors

if TYPE_CHECKING:
    from pass_ops.tracking.rest_client import RestClient

# Address of a folder of artifacts that the server stores and serves itself.
_SERVED = "mlflow-artifacts"


def keep_artifact(*, client: RestClient, store: str, path: Path, name: str) -> None:
    """Put a copy of a file or folder among a run's artifacts.

    Args:
        client: of the server.
        store: address of the run's folder of artifacts.
        path: the file or folder.
        name: that it gets there, with the folders that it is in.

    Raises:
        RestError, OSError: the server refuses, or cannot be reached.
        StorageError: the same of another place than the server.
    """
    address = urlsplit(store)
    if address.scheme != _SERVED or address.netloc:
        _put_elsewhere(store=store, path=path, name=name)
        return
    for file, place in _files(path, name):
        with file.open("rb") as content:
            client.put_artifact(f"{address.path.strip('/')}/{place}", content)


def _files(path: Path, name: str) -> Iterator[tuple[Path, str]]:
    """Every file of a file or folder, and its name among the artifacts.

    Args:
        path: the file or folder.
        name: of the whole.
    """
    if not path.is_dir():
        yield path, name
        return
    for file in sorted(path.rglob("*")):
        if file.is_file():
            yield file, f"{name}/{file.relative_to(path).as_posix()}"


def _put_elsewhere(*, store: str, path: Path, name: str) -> None:
    """Write to a bucket or another server past the MLflow server, as MLflow's own client does.

    Args:
        store, path, name: see `keep_artifact`.
    """
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    folder, _, last = name.rpartition("/")
    with library_errors(), tempfile.TemporaryDirectory() as scratch:
        repository: Any = get_artifact_repository(store)
        if path.is_dir():
            repository.log_artifacts(str(path), name)
            return
        link = Path(scratch) / last  # It keeps a file under the name that it has.
        link.symlink_to(path.resolve())
        repository.log_artifact(str(link), folder or None)
