"""One small model for all tests: Jittor compiles its kernels layer by layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.models.weights import Arrays, arrays_of, fill
from pass_ops.sam.network.model import Sam
from tests.parity.sam.scenes import REDUCED, draw_weights


@pytest.fixture(scope="session")
def tiny_sam() -> Sam:
    """The reduced model with drawn weights. Don't change it."""
    model = Sam(REDUCED)
    shapes = {name: tuple(parameter.shape) for name, parameter in model.named_parameters()}
    fill(module=model, arrays=draw_weights(shapes), source=Path("drawn"))
    return model


@pytest.fixture
def arrays(tiny_sam: Sam) -> Arrays:
    """The reduced model's parameters by name, copied: a test may change them."""
    return arrays_of(tiny_sam)
