"""Mean and spread over seeds of what a study's runs measured, as one table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from statistics import fmean, stdev
from typing import TypeVar

from pass_ops.evaluation.report.text_table import NOTHING, Table
from pipelines.study.figures import Figures

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a trial measured.

    Attributes:
        data: its data set.
        name: of its setting.
        seed: of its random choices.
        figures: by name.
    """

    data: str
    name: str
    seed: int
    figures: Figures


@dataclass(frozen=True, kw_only=True)
class Spread:
    """A figure of one setting on one data set over seeds.

    Attributes:
        data, setting, figure: what it is of.
        runs: that have the figure.
        mean: of these.
        deviation: sample standard deviation; None of one run.
        lowest, highest: of these.
        gain: mean difference to the first setting, over the seeds of which both have the figure;
            None where there are none, and of the first setting itself.
    """

    data: str
    setting: str
    figure: str
    runs: int
    mean: float
    deviation: float | None
    lowest: float
    highest: float
    gain: float | None


def spreads(outcomes: Sequence[Outcome]) -> Iterator[Spread]:
    """Mean and spread of every figure, by data set, figure and setting, in the order given.

    Args:
        outcomes: of all trials that have ended well.
    """
    first = next((one.name for one in outcomes), "")
    for data in _once(one.data for one in outcomes):
        of_set = [one for one in outcomes if one.data == data]
        for figure in _once(name for one in of_set for name in one.figures):
            values = {
                (one.name, one.seed): one.figures[figure] for one in of_set if figure in one.figures
            }
            for setting in _once(name for name, _ in values):
                own = {seed: value for (name, seed), value in values.items() if name == setting}
                gains = [
                    value - values[first, seed]
                    for seed, value in own.items()
                    if setting != first and (first, seed) in values
                ]
                yield Spread(
                    data=data,
                    setting=setting,
                    figure=figure,
                    runs=len(own),
                    mean=fmean(own.values()),
                    deviation=stdev(own.values()) if len(own) > 1 else None,
                    lowest=min(own.values()),
                    highest=max(own.values()),
                    gain=fmean(gains) if gains else None,
                )


def study_table(rows: Sequence[Spread]) -> Table:
    """The table for people: a row for each figure of each data set, a column for each setting.

    Args:
        rows: of `spreads`.
    """
    settings = list(_once(row.setting for row in rows))
    cells = {(row.data, row.figure, row.setting): _cell(row) for row in rows}
    lines = (
        (f"{data}: {figure}", *(cells.get((data, figure, one), NOTHING) for one in settings))
        for data, figure in _once((row.data, row.figure) for row in rows)
    )
    header = ("mean ± deviation over seeds (difference to the first setting) × runs", *settings)
    return Table("Study", header, tuple(lines))


def as_csv(rows: Iterable[Spread]) -> str:
    """The table for programs: a line for each figure, data set and setting, with all digits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(field.name for field in fields(Spread))
    writer.writerows(astuple(row) for row in rows)
    return text.getvalue()


def _cell(row: Spread) -> str:
    """`0.466 ± 0.012 (+0.010) × 3`; numbers of seconds or MB without decimals."""
    digits = 3 if abs(row.mean) < 10 else 0
    text = f"{row.mean:.{digits}f}"
    if row.deviation is not None:
        text += f" ± {row.deviation:.{digits}f}"
    if row.gain is not None:
        text += f" ({row.gain:+.{digits}f})"
    return f"{text} × {row.runs}"


def _once(items: Iterable[T]) -> Iterable[T]:
    """The items without repetitions, in the order of their first appearance."""
    return dict.fromkeys(items)
