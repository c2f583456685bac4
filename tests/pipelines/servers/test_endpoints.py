"""Named servers that are of no use: told before anything is started or written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pipelines.servers.endpoints import open_endpoints
from pipelines.servers.environment import environment_variables
from pipelines.servers.seaweedfs import seaweedfs


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that name a running S3 server."""
    with seaweedfs(tmp_path_factory.mktemp("s3"), ["other"]) as environment:
        yield environment


def test_refused_credentials_are_told_before_anything_starts(
    tmp_path: Path, s3: dict[str, str]
) -> None:
    wrong = s3 | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    with (
        environment_variables(wrong),
        pytest.raises(StorageError, match="check AWS_ACCESS_KEY_ID"),
        open_endpoints(tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_mlflow_server_that_is_not_there_is_told_before_anything_starts(tmp_path: Path) -> None:
    environment = {"S3_ENDPOINT": "", "MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with (
        environment_variables(environment),
        pytest.raises(StorageError, match=r"MLFLOW_TRACKING_URI=.*:9: no"),
        open_endpoints(tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []
