"""A whole run with masks of an exported segmenter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.short_run import SHORT, local_run, newest_run
from tests.sam.exported.graphs import write_decoder, write_encoder

# A grid of prompts over every photograph would take hours.
OVERRIDES = {**SHORT, "make_regions": {"enabled": False}}


@pytest.mark.slow
def test_masks_of_onnx_go_through_all_stages(real_data: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    write_encoder(weights)
    # Above the gates.
    write_decoder(weights, first_score=0.9)
    options = ("--overrides", json.dumps(OVERRIDES), "--mask-back-end", "onnx")
    result = local_run(tmp_path, real_data, *options, "--mask-weights", str(weights))
    assert result.mask_backend == "onnx"
    steps = {row.step: row for row in result.mask_quality}
    assert steps["prompted masks"].test != steps["+ refinement"].test
    assert 0 < result.test["miou"] <= 1
    assert "SAM-assisted" in (newest_run(tmp_path) / "report" / "index.html").read_text()
