"""What is replaced at its address in a real S3 server is noticed, before and during a run."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pass_ops.config.representation import PretrainConfig
from pass_ops.data.packing.check import check_data
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.fetch_model import fetch_model, pin_model
from pass_ops.errors import StorageError
from pass_ops.models.card import load_card
from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.import_weights import import_weights
from pass_ops.representation.initial_weights import load_initial_arrays, read_initial_card
from pass_ops.sam.fetch import fetch_segmenter, pin_weights
from pass_ops.stages.resolution import resolve_config
from pass_ops.storage.s3 import upload
from pipelines.servers.endpoints import DATA_BUCKET
from tests.models.files.checkpoints import write_checkpoint
from tests.models.files.public import published_pass, torchvision
from tests.sam.exported.graphs import write_decoder, write_encoder
from tests.small_batches import SMALL_BATCHES

pytestmark = pytest.mark.usefixtures("s3_settings")
REPLACED = "has been replaced since the run began"


def put(folder: Path, prefix: str) -> str:
    """The address of a folder's files, once they are in S3.

    Args:
        folder: of files.
        prefix: their address without the bucket.
    """
    for file in (path for path in folder.rglob("*") if path.is_file()):
        upload(file, f"s3://{DATA_BUCKET}/{prefix}/{file.relative_to(folder)}")
    return f"s3://{DATA_BUCKET}/{prefix}"


def imported(folder: Path, arrays: dict[str, Any]) -> Path:
    """The weights folder of a checkpoint."""
    import_weights(write_checkpoint(folder.with_suffix(".pth"), arrays), folder)
    return folder


def test_training_starts_from_weights_in_s3_as_they_were_when_the_run_began(
    tiny_pretrain: PretrainConfig, packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    weights = imported(tmp_path / "a", torchvision("resnet10"))
    uri = put(weights, "initial")
    network = {"arch": "resnet10", "width": 4}
    for address in (uri, f"{uri}/"):
        resolved = resolve_config(
            data_uri=packed_synthetic.uri,
            model_uri="",
            profile="smoke",
            overrides={"pretrain": {"initial_weights": address, "network": network}}
            | SMALL_BATCHES,
            seed=31,
            compat="fixed",
            mask_back_end="",
            mask_weights="",
            run_name="",
        )
        pinned = resolved.pretrain["initial_weights"]
        assert pinned.startswith(f"{address}@sha256:")
        assert resolved.run["initial_weights"] == load_card(weights).initial
        for given in (address, pinned):
            config = dataclasses.replace(tiny_pretrain, initial_weights=given)
            assert read_initial_card(config) == load_card(weights)
            arrays = load_initial_arrays(config)
            for name, values in read_safetensors(weights / "model.safetensors", "").items():
                np.testing.assert_array_equal(arrays[name], values)
    put(imported(tmp_path / "b", published_pass("resnet10")), "initial")
    with pytest.raises(StorageError, match=f"^{uri}/?: {REPLACED}"):
        load_initial_arrays(config)


def test_mask_weights_are_fetched_anew_once_they_are_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graphs = tmp_path / "graphs"
    graphs.mkdir()
    write_encoder(graphs)
    write_decoder(graphs)
    uri, cache = put(graphs, "masks"), tmp_path / "cache"
    pinned = pin_weights("onnx", uri)
    for weights in (uri, pinned, uri):
        fetch_segmenter(name="onnx", weights=weights, cache=cache)
    (folder,) = (cache / "mask-weights").iterdir()
    assert folder.name == pinned.rpartition(":")[2][:16]
    assert str(folder) in capsys.readouterr().out
    # Another content at the same address.
    with open(graphs / "encoder.onnx", "ab") as file:
        file.write(b"\n")
    put(graphs, "masks")
    with pytest.raises(StorageError, match=f"^{uri}: {REPLACED}"):
        fetch_segmenter(name="onnx", weights=pinned, cache=cache)
    assert pin_weights("onnx", uri) != pinned


def test_a_data_set_that_is_replaced_is_refused(synthetic_data: Path, tmp_path: Path) -> None:
    first = pack(synthetic_data, str(tmp_path / "first"))
    uri = put(tmp_path / "first", "current")
    pinned = f"{uri}@sha256:{first.digest}"
    check_data(pinned, tmp_path / "cache", tmp_path / "pointer.json")
    assert DatasetPointer.load(tmp_path / "pointer.json") == dataclasses.replace(first, uri=uri)
    other = tmp_path / "other"
    shutil.copytree(synthetic_data, other)
    next(path for path in (other / "train").rglob("*") if path.is_file()).unlink()
    pack(other, str(tmp_path / "second"))
    put(tmp_path / "second", "current")
    with pytest.raises(StorageError, match=f"^{uri}: {REPLACED}"):
        check_data(pinned, tmp_path / "cache", tmp_path / "again.json")
    assert not (tmp_path / "again.json").exists()


def test_a_model_in_s3_is_pinned(tmp_path: Path) -> None:
    uri = put(imported(tmp_path / "a", torchvision("resnet10")), "model")
    pinned = pin_model(uri)
    fetch_model(pinned, tmp_path / "fetched")
    put(imported(tmp_path / "b", published_pass("resnet10")), "model")
    with pytest.raises(StorageError, match=f"^{uri}: {REPLACED}"):
        fetch_model(pinned, tmp_path / "again")
    assert not (tmp_path / "again").exists()
