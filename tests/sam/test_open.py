"""Back ends by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.sam.open import open_segmenter
from tests.sam.exported.graphs import write_decoder, write_encoder


def test_without_weights_it_is_the_classical_one(capsys: pytest.CaptureFixture[str]) -> None:
    segmenter = open_segmenter(name="classical")
    assert segmenter.name == "classical"
    assert "nothing that was trained" in capsys.readouterr().out


def test_a_network_is_said_to_assist_and_runs_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    segmenter = open_segmenter(name="onnx", weights=tmp_path)
    assert segmenter.name == "onnx"
    assert "SAM-assisted, not fully unsupervised" in capsys.readouterr().out
