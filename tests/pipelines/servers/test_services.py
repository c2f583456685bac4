from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pipelines.servers.endpoints import services, variables
from pipelines.servers.local_servers import seaweedfs


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with seaweedfs(tmp_path_factory.mktemp("s3"), ["other"]) as environment:
        yield environment


def test_refused_credentials_are_told_before_anything_starts(
    tmp_path: Path, s3: dict[str, str]
) -> None:
    wrong = s3 | {"AWS_SECRET_ACCESS_KEY": "wrong"}
    with (
        variables(wrong),
        pytest.raises(StorageError, match="check AWS_ACCESS_KEY_ID"),
        services(tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_an_mlflow_server_that_is_not_there_is_told(tmp_path: Path, s3: dict[str, str]) -> None:
    named = s3 | {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9"}
    with (
        variables(named),
        pytest.raises(StorageError, match=r"MLFLOW_TRACKING_URI=.*:9: no"),
        services(tmp_path),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_variables_are_put_back_also_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASS_A", "before")
    monkeypatch.delenv("PASS_B", raising=False)
    with variables({"PASS_A": "1", "PASS_B": "2"}):
        assert (os.environ["PASS_A"], os.environ["PASS_B"]) == ("1", "2")
    assert os.environ["PASS_A"] == "before"
    with pytest.raises(KeyError), variables({"PASS_A": "1", "PASS_B": "2"}):
        raise KeyError
    assert os.environ["PASS_A"] == "before"
    assert "PASS_B" not in os.environ
