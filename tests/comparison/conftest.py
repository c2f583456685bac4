"""Two runs to compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.comparison.example import RESULT, write_run


@pytest.fixture(scope="session")
def runs(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of a perfect run and of one with another seed, more epochs and worse scores."""
    root = tmp_path_factory.mktemp("runs")
    other = replace(RESULT, seed=32, overrides={"pretrain.epochs": 5})
    return (
        write_run(folder=root / "good", data=synthetic_data, shift=0),
        write_run(folder=root / "bad", data=synthetic_data, shift=9, result=other),
    )
