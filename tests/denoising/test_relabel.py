"""Which labels a classifier may change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pass_ops.denoising.relabel import relabelled

# Jittor, once imported, has the processor flush subnormal numbers.
FRACTIONS = st.floats(0, 1, allow_subnormal=False)
PROBABILITIES = np.array([[0.5, 0.25, 0.25], [0.5, 0.375, 0.125], [0.0, 0.375, 0.625]])


@pytest.mark.parametrize(
    ("margin", "expected"),
    [(0, [0, 0, 2]), (0.125, [0, 0, 2]), (0.2, [0, 1, 2]), (0.25, [0, 1, 2]), (0.3, [1, 1, 2])],
)
def test_a_label_gives_way_to_one_that_is_enough_ahead(margin: float, expected: list[int]) -> None:
    labels = relabelled(PROBABILITIES, np.array([1, 1, 0]), margin)
    assert labels.tolist() == expected


@given(
    arrays(np.float64, (6, 4), elements=FRACTIONS),
    arrays(np.int64, 6, elements=st.integers(0, 3)),
    FRACTIONS,
    FRACTIONS,
)
def test_a_larger_margin_keeps_more_labels(
    probabilities: np.ndarray, before: np.ndarray, one: float, other: float
) -> None:
    less, more = (relabelled(probabilities, before, margin) for margin in sorted((one, other)))
    assert ((less == before) <= (more == before)).all()
    assert set(relabelled(probabilities, before, 0) - probabilities.argmax(axis=1)) == {0}
