"""The scene that the parts of the classical segmenter are tried on."""

from __future__ import annotations

import pytest

from tests.sam.scenes import Scene, two_discs


@pytest.fixture(scope="session")
def scene() -> Scene:
    """Image, red disc and blue disc. Don't change them."""
    return two_discs()
