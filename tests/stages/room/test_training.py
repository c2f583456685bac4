"""Room for weights and checkpoints, before a training begins."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.errors import StorageError
from pass_ops.models.weights import load_arrays
from pass_ops.stages.declaration import DECLARATIONS
from pass_ops.stages.room.training import bytes_of, require_room_for_training
from pass_ops.storage import disk_space

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def segmenter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Values of a training of nine epochs that hands on five checkpoints, from 4 MB of weights."""
    monkeypatch.delenv(PLACE, raising=False)
    (tmp_path / "pretrained").mkdir()
    save_file({"a": np.zeros(10**6, np.float32)}, tmp_path / "pretrained" / "model.safetensors")
    return {
        "name": "round_1",
        "dataset": str(tmp_path / "dataset.json"),
        "painted_maps": str(tmp_path / "maps"),
        "image_labels": str(tmp_path / "labels"),
        "pretrained": str(tmp_path / "pretrained"),
        "config": asdict(SegmentationConfig(epochs=9, checkpoint_every=2)),
        "checkpoints": str(tmp_path / "out" / "checkpoints"),
    }


@pytest.mark.parametrize(
    ("free", "what"),
    [
        (19e6, "out/checkpoints: 19 MB are free there, and 5 x weights of 4 MB take 20 MB; free"),
        (43e6, "out/.checkpoints: 43 MB are free there, and checkpoints, 11 x weights of 4 MB, "),
        (45e6, ""),
    ],
)
def test_checkpoints_that_do_not_fit_are_refused(
    segmenter: dict[str, Any], monkeypatch: pytest.MonkeyPatch, free: float, what: str
) -> None:
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda _: Usage(0, 0, free))
    if not what:
        require_room_for_training(DECLARATIONS["train_segmenter"], segmenter)
        return
    with pytest.raises(StorageError) as raised:
        require_room_for_training(DECLARATIONS["train_segmenter"], segmenter)
    assert what in str(raised.value)


def test_adamw_keeps_two_averages(
    segmenter: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    segmenter["config"]["optimiser"]["name"] = "adamw"
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda _: Usage(0, 0, 55e6))
    with pytest.raises(StorageError, match="checkpoints, 14 x weights of 4 MB"):
        require_room_for_training(DECLARATIONS["train_segmenter"], segmenter)


def test_initial_weights_of_step_1_need_room_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = resolve(profile="imagenet-s300", overrides={}, seed=31, compat="fixed")["pretrain"]
    values = {
        "dataset": "",
        "config": settings,
        "weights": str(tmp_path / "weights"),
        "initial_weights": str(tmp_path / "initial"),
    }
    monkeypatch.setattr(disk_space.shutil, "disk_usage", lambda _: Usage(0, 0, 1e8))
    with pytest.raises(StorageError, match=r"1 x weights of 148\.5 MB"):
        require_room_for_training(DECLARATIONS["pretrain"], values)


def test_the_formula_is_about_right(pretrained: Path, tiny_network: NetworkConfig) -> None:
    numbers = sum(array.size for array in load_arrays(pretrained / "last").values())
    assert 0.75 < bytes_of(tiny_network) / 4 / numbers < 1.25
