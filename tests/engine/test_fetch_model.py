"""Weights from where models are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pass_ops.engine.fetch_model import fetch_model
from pass_ops.errors import ArtifactError, PassError, StorageError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A weights folder."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(b"weights")
    card = {"stage": "train_segmenter", "network": {}, "epoch": 12, "metrics": {"loss": 0.5}}
    (folder / "model.json").write_text(json.dumps(card))
    return folder


def test_a_folder_is_copied(source: Path, tmp_path: Path) -> None:
    assert fetch_model(str(source), tmp_path / "weights") == {"epoch": 12.0, "loss": 0.5}
    assert (tmp_path / "weights" / "model.safetensors").read_bytes() == b"weights"


def test_only_the_weights_are_copied_and_can_be_fetched_again(source: Path, tmp_path: Path) -> None:
    (source / "notes.txt").touch()
    for _ in range(2):
        fetch_model(str(source), tmp_path / "weights")
    assert sorted(path.name for path in (tmp_path / "weights").iterdir()) == [
        "model.json",
        "model.safetensors",
    ]


def test_a_folder_without_weights_is_refused_and_leaves_nothing(
    source: Path, tmp_path: Path
) -> None:
    (source / "model.safetensors").unlink()
    with pytest.raises(
        ArtifactError, match=r"source: lacks model\.safetensors; give the weights folder"
    ):
        fetch_model(str(source), tmp_path / "weights")
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.parametrize(
    ("uri", "what"),
    [
        ("/nowhere", "no such model; give models:/NAME/VERSION-OR-ALIAS"),
        ("models:/pass", "no address of a registered model"),
        ("models:/pass/1/2", "no address of a registered model"),
        ("models:/pass/champion", "MLFLOW_TRACKING_URI is not set"),
    ],
)
def test_addresses_of_nothing_are_refused_in_one_line(
    uri: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    with pytest.raises(PassError, match=what) as excinfo:
        fetch_model(uri, tmp_path / "weights")
    assert "\n" not in str(excinfo.value)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(StorageError, match=r"MLflow at http://127\.0\.0\.1:9"):
        fetch_model("models:/pass/3", tmp_path / "weights")
