"""A new version of a registered model, by MLflow's own client: no stage registers twice."""

from __future__ import annotations

from collections.abc import Mapping

from pass_ops.tracking.aliases import give_aliases
from pass_ops.tracking.mlflow_errors import library_errors


def register_version(*, run_id: str, name: str, source: str, tags: Mapping[str, str]) -> None:
    """Make a run's model the newest version of a registered one, with aliases, unless it is one.

    Args:
        run_id: of the run.
        name: of the registered model, which is made if need be.
        source: address of the model's artifacts.
        tags: of the version.

    Raises:
        StorageError: the server cannot be reached or refuses.
    """
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

    with library_errors():
        client = MlflowClient()
        try:
            client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
        for version in client.search_model_versions(f"run_id = '{run_id}'"):
            if (version.name, version.source) == (name, source):
                break
        else:
            version = client.create_model_version(name, source, run_id, tags=dict(tags))
        give_aliases(client, name, str(version.version))
