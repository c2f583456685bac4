"""The back end that a run's settings ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pass_ops.sam.fetch import back_end_name, fetch_segmenter
from tests.sam.onnx_graphs import write_decoder, write_encoder


@pytest.mark.parametrize(
    ("name", "weights", "back_end"),
    [
        ("", "", "classical"),
        ("", "/weights", "sam"),
        ("classical", "/weights", "classical"),
        ("onnx", "s3://bucket/weights", "onnx"),
    ],
)
def test_weights_decide_where_no_name_is_given(name: str, weights: str, back_end: str) -> None:
    assert back_end_name(name, weights) == back_end


@pytest.mark.parametrize("name", ["sam", "onnx"])
def test_networks_need_weights(name: str) -> None:
    with pytest.raises(ConfigError, match=f"mask_back_end = '{name}' needs mask_weights"):
        back_end_name(name, "")


def test_other_names_are_refused() -> None:
    with pytest.raises(ConfigError, match="'magic' is none of classical, sam, onnx"):
        back_end_name("magic", "")


def test_weights_of_a_folder_are_used_where_they_are(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    segmenter = fetch_segmenter(name="onnx", weights=str(tmp_path), cache=tmp_path / "cache")
    assert segmenter.name == "onnx"
    assert not (tmp_path / "cache").exists()
