"""Mean and spread over seeds."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.study.table import Outcome, Spread, as_csv, spreads, study_table


def outcome(name: str, seed: int, value: float | None, data: str = "none") -> Outcome:
    figures = {} if value is None else {"miou": value}
    return Outcome(data=data, name=name, seed=seed, figures=figures)


OUTCOMES = [
    outcome("a", 1, 0.1),
    outcome("b", 1, 0.2),
    outcome("a", 2, 0.3),
    outcome("b", 2, None),
    outcome("a", 3, 0.2),
    outcome("b", 3, 0.4),
    outcome("a", 1, 0.5, "photographs"),
]


def test_mean_and_spread_of_a_figure_are_those_of_its_seeds() -> None:
    first, second, third = spreads(OUTCOMES)
    assert first == Spread(
        data="none",
        setting="a",
        figure="miou",
        runs=3,
        mean=pytest.approx(0.2),
        deviation=pytest.approx(0.1),
        lowest=0.1,
        highest=0.3,
        gain=None,
    )
    # By the seeds that both settings have: 0.2 - 0.1 and 0.4 - 0.2, not 0.3 - 0.2.
    assert (second.runs, second.gain) == (2, pytest.approx(0.15))
    assert (third.data, third.runs, third.deviation) == ("photographs", 1, None)


def test_the_table_has_a_row_for_each_figure_and_a_column_for_each_setting() -> None:
    table = study_table(list(spreads(OUTCOMES)))
    assert table.header[1:] == ("a", "b")
    assert table.rows == (
        ("none: miou", "0.200 ± 0.100 × 3", "0.300 ± 0.141 (+0.150) × 2"),
        ("photographs: miou", "0.500 × 1", "–"),
    )
    seconds = [Outcome(data="d", name="a", seed=1, figures={"seconds": 1234.5})]
    assert study_table(list(spreads(seconds))).rows == (("d: seconds", "1234 × 1"),)


def test_the_csv_holds_every_digit_and_nothing_where_there_is_no_value() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(spreads(OUTCOMES)))))
    assert [row["setting"] for row in rows] == ["a", "b", "a"]
    assert float(rows[1]["gain"]) == pytest.approx(0.15, abs=1e-15)
    assert (rows[2]["deviation"], rows[2]["gain"], rows[2]["runs"]) == ("", "", "1")


# Subnormal numbers are 0 in a process that has imported Jittor, and hypothesis refuses that.
FRACTIONS = st.floats(-1, 1, allow_subnormal=False)


@given(st.lists(FRACTIONS, min_size=2, max_size=6), FRACTIONS)
def test_a_constant_gain_of_every_seed_is_the_gain(values: list[float], gain: float) -> None:
    outcomes = [outcome("a", seed, value) for seed, value in enumerate(values)]
    outcomes += [outcome("b", seed, value + gain) for seed, value in enumerate(values)]
    before, after = spreads(outcomes)
    assert after.gain == pytest.approx(gain, abs=1e-9)
    assert before.lowest <= before.mean + 1e-9
    assert before.deviation == pytest.approx(after.deviation, abs=1e-9)


def test_nothing_makes_an_empty_table() -> None:
    assert list(spreads([])) == []
    assert study_table([]).rows == ()
