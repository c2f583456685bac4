"""Models that are no segmenter are refused, each in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.sam.onnx_models import open_decoder, open_encoder
from tests.sam.onnx_graphs import SIDE, write_encoder


@pytest.mark.parametrize("channels_first", [True, False])
def test_the_encoder_s_input_is_described(tmp_path: Path, channels_first: bool) -> None:
    write_encoder(tmp_path, channels_first)
    encoder = open_encoder(tmp_path)
    assert (encoder.input_name, encoder.side) == ("pixels", SIDE)
    assert encoder.channels_first is channels_first


def test_missing_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"encoder\.onnx: missing; the onnx back end needs"):
        open_encoder(tmp_path)
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: missing; the onnx back end needs"):
        open_decoder(tmp_path)


def test_other_models_are_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(b"nothing")
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: not a model"):
        open_decoder(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes((tmp_path / "encoder.onnx").read_bytes())
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: takes pixels and gives embedding"):
        open_decoder(tmp_path)


def test_an_encoder_of_something_else_than_a_square_is_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path, width=2 * SIDE)
    with pytest.raises(ArtifactError, match=r"takes \[1, 3, 32, 64\]: export it for one square"):
        open_encoder(tmp_path)
