"""The targets of `make fuzz` on good files, on damaged ones, and on all that fuzzing has found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.crashes import CRASHES
from tests.fuzz.seeds import SEEDS
from tests.fuzz.targets import TARGETS

# Jittor, once imported, has the processor flush subnormal numbers.
edits = st.lists(
    st.tuples(st.floats(0, 1, allow_subnormal=False), st.integers(0, 9), st.binary(max_size=9)),
    min_size=1,
    max_size=4,
)
"""Where in a file, how many bytes there go, and what takes their place."""


def edited(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """A file with some bytes of it changed, left out or added."""
    for place, count, new in changes:
        start = int(place * len(data))
        data = data[:start] + new + data[start + count :]
    return data


@pytest.mark.parametrize("target", TARGETS)
def test_good_files_are_read(target: str) -> None:
    assert all(TARGETS[target](seed) for seed in SEEDS[target])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("target", TARGETS)
def test_damaged_files_are_read_or_refused(target: str) -> None:
    @given(seed=st.sampled_from(SEEDS[target]), changes=edits)
    def check(seed: bytes, changes: list[tuple[float, int, bytes]]) -> None:
        TARGETS[target](edited(seed, changes))

    check()


@pytest.mark.parametrize("target", TARGETS)
def test_any_bytes_are_read_or_refused(target: str) -> None:
    @given(data=st.binary(max_size=200))
    def check(data: bytes) -> None:
        TARGETS[target](data)

    check()


@pytest.mark.parametrize("name", CRASHES)
def test_what_fuzzing_has_found(name: str) -> None:
    target, data = CRASHES[name]
    TARGETS[target](data)
