"""Encoders are told by what they take; models that are none are refused, each in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.sam.exported.encoder import RAW_SIDE, Layout, open_encoder
from tests.sam.exported.graphs import SIDE, SIGNATURES, write_encoder


@pytest.mark.parametrize("channels_first", [True, False])
def test_a_square_is_described(tmp_path: Path, channels_first: bool) -> None:
    write_encoder(tmp_path, channels_first)
    encoder = open_encoder(tmp_path)
    assert encoder.side == SIDE
    assert encoder.layout is (Layout.CHANNELS_FIRST if channels_first else Layout.CHANNELS_LAST)


def test_one_that_normalises_itself_is_known(tmp_path: Path) -> None:
    write_encoder(tmp_path, signature=SIGNATURES["raw pixels"])
    encoder = open_encoder(tmp_path)
    assert (encoder.side, encoder.layout) == (RAW_SIDE, Layout.RAW)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"encoder\.onnx: missing; the onnx back end needs"):
        open_encoder(tmp_path)


def test_an_encoder_of_something_else_than_a_square_is_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path, width=2 * SIDE)
    with pytest.raises(ArtifactError, match=r"takes \[1, 3, 32, 64\]: export it for one square"):
        open_encoder(tmp_path)
