"""The back end that a run's settings ask for."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.sam.card import SamCard
from pass_ops.sam.fetch import FILES, back_end_name, fetch_segmenter, require_weights
from pass_ops.sam.network.variants import VARIANTS
from tests.sam.exported.graphs import write_decoder, write_encoder


@pytest.mark.parametrize(
    ("name", "weights", "back_end"),
    [
        ("", "", "classical"),
        ("", "/weights", "sam"),
        ("classical", "", "classical"),
        ("onnx", "s3://bucket/weights", "onnx"),
    ],
)
def test_weights_decide_where_no_name_is_given(name: str, weights: str, back_end: str) -> None:
    assert back_end_name(name, weights) == back_end


@pytest.mark.parametrize("name", ["sam", "onnx"])
def test_networks_need_weights(name: str) -> None:
    with pytest.raises(ConfigError, match=f"mask_back_end = '{name}' needs mask_weights"):
        back_end_name(name, "")


def test_weights_that_would_be_ignored_are_refused() -> None:
    with pytest.raises(ConfigError, match="'classical' takes no mask_weights, but /w is given"):
        back_end_name("classical", "/w")


def test_other_names_are_refused() -> None:
    with pytest.raises(ConfigError, match="'magic' is none of classical, sam, onnx"):
        back_end_name("magic", "")


def test_weights_of_a_folder_are_used_where_they_are(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    segmenter = fetch_segmenter(name="onnx", weights=str(tmp_path), cache=tmp_path / "cache")
    assert segmenter.name == "onnx"
    assert not (tmp_path / "cache").exists()


def test_the_files_of_a_back_end_must_be_there_before_a_run_begins(tmp_path: Path) -> None:
    require_weights("classical", "")
    with pytest.raises(ArtifactError, match=f"^{tmp_path}/gone: no such folder"):
        require_weights("sam", f"{tmp_path}/gone")
    for back_end, (first, second) in FILES.items():
        folder = tmp_path / back_end
        folder.mkdir()
        with pytest.raises(ArtifactError, match=rf"{folder}: lacks {first} and {second}; give"):
            require_weights(back_end, str(folder))
        (folder / first).write_text("{}")
        with pytest.raises(ArtifactError, match=rf"{folder}: lacks {second}; give"):
            require_weights(back_end, str(folder))


def test_weights_of_a_training_are_no_mask_weights(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").touch()
    (tmp_path / "model.json").write_text('{"stage": "pretrain", "epoch": 2}')
    with pytest.raises(ArtifactError, match=f"^{tmp_path}: not Segment Anything's weights"):
        require_weights("sam", str(tmp_path))
    (tmp_path / "model.json").write_bytes(b"\xff\xfe")
    with pytest.raises(ArtifactError, match=f"^{tmp_path}: not Segment Anything's weights"):
        require_weights("sam", str(tmp_path))


def test_converted_weights_are_mask_weights(tmp_path: Path) -> None:
    card = SamCard(variant="vit_b", source="a.pth", sha256="0" * 64, config=VARIANTS["vit_b"])
    (tmp_path / "model.json").write_text(json.dumps(dataclasses.asdict(card)))
    (tmp_path / "model.safetensors").touch()
    require_weights("sam", str(tmp_path))
