"""Models from a real MLflow server whose artifacts are in a real S3 server, and from S3 itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from mlflow import MlflowClient

from pass_ops.engine.fetch_model import fetch_model, pin_model
from pass_ops.errors import StorageError
from pass_ops.storage.s3 import upload


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Weights of epochs 1 and 2."""
    root = tmp_path_factory.mktemp("weights")
    for epoch in (1, 2):
        folder = root / f"epoch-{epoch}"
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(bytes([epoch]) * 1000)
        (folder / "model.json").write_text(json.dumps({"stage": "", "network": {}, "epoch": epoch}))
    return sorted(root.iterdir())


@pytest.fixture(scope="module")
def registered(servers: dict[str, str], folders: list[Path]) -> str:
    """The name of a model with two versions, the first of which is the champion."""
    client, name = MlflowClient(servers["MLFLOW_TRACKING_URI"]), "pass-segmenter"
    run = client.create_run(client.create_experiment("registry"))
    client.create_registered_model(name)
    for folder in folders:
        client.log_artifacts(run.info.run_id, str(folder), folder.name)
        client.create_model_version(name, f"{run.info.artifact_uri}/{folder.name}", run.info.run_id)
    client.set_registered_model_alias(name, "champion", "1")
    return name


@pytest.mark.parametrize(
    ("version", "epoch"), [("/1", 1), ("/2", 2), ("/champion", 1), ("@champion", 1)]
)
def test_a_model_is_fetched_by_version_and_by_alias(
    registered: str, version: str, epoch: int, tmp_path: Path
) -> None:
    assert fetch_model(f"models:/{registered}{version}", tmp_path / "weights") == {
        "epoch": float(epoch)
    }
    assert (tmp_path / "weights" / "model.safetensors").read_bytes() == bytes([epoch]) * 1000


def test_an_alias_means_what_bears_it_when_a_run_begins(
    client: MlflowClient, registered: str
) -> None:
    alias = f"models:/{registered}/champion"
    try:
        assert pin_model(alias) == f"models:/{registered}/1"
        client.set_registered_model_alias(registered, "champion", "2")
        assert pin_model(alias) == pin_model(alias.replace("/champion", "@champion"))
        assert pin_model(alias) == pin_model(f"models:/{registered}/2") == f"models:/{registered}/2"
    finally:
        client.set_registered_model_alias(registered, "champion", "1")


@pytest.mark.parametrize("wrong", ["/3", "/runner-up"])
def test_a_version_that_is_not_there_is_refused(
    registered: str, wrong: str, tmp_path: Path
) -> None:
    with pytest.raises(StorageError, match=r"MLflow at .*check MLFLOW_TRACKING_URI") as caught:
        fetch_model(f"models:/{registered}{wrong}", tmp_path / "weights")
    assert "\n" not in str(caught.value)
    with pytest.raises(StorageError, match=r"MLflow at .*check MLFLOW_TRACKING_URI"):
        pin_model(f"models:/{registered}{wrong}")
    assert list(tmp_path.iterdir()) == []


def test_weights_are_fetched_from_s3(folders: list[Path], tmp_path: Path) -> None:
    for path in folders[1].iterdir():
        upload(path, f"s3://models/pass/{path.name}")
    assert fetch_model("s3://models/pass", tmp_path / "weights") == {"epoch": 2.0}
    with pytest.raises(StorageError, match="s3://models/other"):
        fetch_model("s3://models/other", tmp_path / "none")
