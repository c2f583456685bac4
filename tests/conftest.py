"""Data sets that many tests read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from pass_ops.data.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.synthetic import write_synthetic

# Time limits for single examples fail on a busy machine and prove nothing.
settings.register_profile("pass-ops", deadline=None)
settings.load_profile("pass-ops")

# Real photographs lie beside the repository, not in it.
PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "shared" / "data" / "caltech_tiny6"


@pytest.fixture(scope="session")
def synthetic_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the synthetic set, of 24 train, 12 validation and 12 test images. Copy it before changing it."""
    root = tmp_path_factory.mktemp("synthetic") / "ShapeS"
    write_synthetic(root, per_class=(4, 2, 2))
    return root


@pytest.fixture(scope="session")
def packed_synthetic(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> DatasetPointer:
    """The synthetic set, packed into a folder."""
    return pack(synthetic_data, f"{tmp_path_factory.mktemp('packed')}/{{digest}}")


@pytest.fixture(scope="session")
def real_data(synthetic_data: Path) -> Path:
    """A folder of photographs with hand-drawn masks, or the synthetic set where they are absent."""
    return PHOTOGRAPHS if PHOTOGRAPHS.is_dir() else synthetic_data


def pytest_report_header() -> str:
    """Say on top of the report which data the tests of real photographs use."""
    if PHOTOGRAPHS.is_dir():
        return f"photographs: {PHOTOGRAPHS}"
    return f"photographs: {PHOTOGRAPHS} is absent, tests fall back to the synthetic set"
