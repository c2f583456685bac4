"""Random inputs of layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray


@pytest.fixture
def normal() -> Callable[..., NDArray[np.float32]]:
    """Draws normal values of the shape that it is called with, the same in every run of a test."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> NDArray[np.float32]:
        return rng.normal(size=shape).astype(np.float32)

    return draw
