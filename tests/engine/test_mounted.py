"""Files that a cluster mounts become variables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.engine.mounted import ENDPOINTS, MLFLOW, S3, take_mounted
from pass_ops.storage.retry import retry_seconds


@pytest.fixture
def mounted(tmp_path: Path) -> Path:
    """Folders as Kubernetes mounts them: links to files in a folder whose name begins with dots."""
    for folder, values in {
        ENDPOINTS: {
            "S3_ENDPOINT": "http://s3",
            "S3_RETRY_SECONDS": "300\n",
            "MLFLOW_TRACKING_URI": "http://ours",
            "ca.crt": "-",
        },
        S3: {"AWS_SECRET_ACCESS_KEY": "s3cret\n"},
        MLFLOW: {"MLFLOW_TRACKING_USERNAME": "runs"},
    }.items():
        data = tmp_path / folder / "..2026_01_01"
        data.mkdir(parents=True)
        (tmp_path / folder / "..data").symlink_to(data.name)
        for name, value in values.items():
            (data / name).write_text(value)
            (tmp_path / folder / name).symlink_to(f"..data/{name}")
    return tmp_path


def test_each_file_is_a_variable_and_what_is_mlflows_yields(
    mounted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {"PATH": "/bin"})
    take_mounted(mounted)
    assert os.environ == {
        "PATH": "/bin",
        "S3_ENDPOINT": "http://s3",
        "S3_RETRY_SECONDS": "300",
        "AWS_SECRET_ACCESS_KEY": "s3cret",
        "PASS_MLFLOW_TRACKING_URI": "http://ours",
        "PASS_MLFLOW_TRACKING_USERNAME": "runs",
    }


def test_a_variable_that_is_set_stays(mounted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"S3_ENDPOINT": "http://another"})
    take_mounted(mounted)
    assert os.environ["S3_ENDPOINT"] == "http://another"
    assert retry_seconds() == 300


def test_nothing_mounted_is_nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    take_mounted(tmp_path)
    assert os.environ == {}
