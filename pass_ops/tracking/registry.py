"""Models in MLflow's registry."""

from __future__ import annotations

import os
import re
import shutil
import tempfile

from pass_ops.errors import StorageError
from pass_ops.paths import WeightsPath
from pass_ops.tracking.fallback import use_fallback
from pass_ops.tracking.mlflow_errors import library_errors

_ADDRESS = re.compile(r"models:/(?P<name>[^/@]+)[/@](?P<version>[^/@]+)")


def is_registered(uri: str) -> bool:
    """Whether `uri` is of a registered model, `models:/…`."""
    return uri.startswith("models:/")


def version_address(uri: str) -> str:
    """The address of the version that an address of a registered model means at present.

    Args:
        uri: `models:/name/3`, `models:/name/alias` or `models:/name@alias`.

    Returns:
        `models:/name/3`.

    Raises:
        StorageError: no such model, version or alias, or the server refuses or is not named.
    """
    name, version = _version(uri)
    return f"models:/{name}/{version}"


def download_model(uri: str, folder: WeightsPath) -> None:
    """Get the files of a registered model into a new folder.

    Args:
        uri: see `version_address`.
        folder: must not exist yet.

    Raises:
        StorageError: see `version_address`.
    """
    name, version = _version(uri)
    from mlflow import MlflowClient, artifacts

    with library_errors(), tempfile.TemporaryDirectory() as scratch:
        source = MlflowClient().get_model_version_download_uri(name, version)
        shutil.move(artifacts.download_artifacts(artifact_uri=source, dst_path=scratch), folder)


def _version(uri: str) -> tuple[str, str]:
    """Name and version of the registered model that an address means at present."""
    match = _ADDRESS.fullmatch(uri)
    if match is None:
        raise StorageError(
            f"{uri}: no address of a registered model; write models:/NAME/VERSION-OR-ALIAS"
        )
    use_fallback()
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        raise StorageError(
            f"{uri}: MLFLOW_TRACKING_URI is not set; set it to the server with the registry"
        )
    from mlflow import MlflowClient

    name, version = match["name"], match["version"]
    with library_errors():
        client = MlflowClient()
        if version.isdigit():
            return name, str(client.get_model_version(name, version).version)
        return name, str(client.get_model_version_by_alias(name, version).version)
