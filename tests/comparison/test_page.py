"""The page of a comparison, and its tables."""

from __future__ import annotations

from pathlib import Path

from pass_ops.comparison.page import comparison_page
from pass_ops.comparison.run_folder import open_run_folder
from pass_ops.comparison.tables import class_tables, metrics_tables, stages_table, step_tables
from pass_ops.data.synthetic.dataset import NAMES
from tests.evaluation.html import Page


def test_scores_stand_side_by_side_with_their_difference(runs: tuple[Path, Path]) -> None:
    good, bad = map(open_run_folder, runs)
    test, validation = metrics_tables((good, bad))
    assert test.header == ("", "good", "bad", "difference")
    rows = {row[0]: row[1:] for row in test.rows}
    worse = bad.result.test["miou"]
    assert rows["mIoU"] == ("1.000", f"{worse:.3f}", f"−{1 - worse:.3f}")
    assert {row[0] for row in validation.rows} >= set(rows)
    back = {row[0]: row[1:] for row in metrics_tables((bad, good))[0].rows}
    assert back["mIoU"] == (f"{worse:.3f}", "1.000", f"+{1 - worse:.3f}")


def test_a_class_that_one_run_lacks_has_a_dash(runs: tuple[Path, Path]) -> None:
    good, bad = map(open_run_folder, runs)
    bad.iou["test"]["new"] = bad.iou["test"].pop(NAMES[0])
    rows = {row[0]: row[1:] for row in class_tables((good, bad))[0].rows}
    assert rows[NAMES[0]] == ("1.000", "–", "–")
    assert rows["new"][::2] == ("–", "–")


def test_steps_and_seconds_are_compared(runs: tuple[Path, Path]) -> None:
    pair = (open_run_folder(runs[0]), open_run_folder(runs[1]))
    assert [table.rows[0] for table in step_tables(pair) if table.rows] == [
        ("untrained", "0.500", "0.500", "+0.000"),
        ("clustering 1", "0.500", "0.500", "+0.000"),
        ("coarse labels", "0.125", "0.125", "+0.000"),
    ]
    assert stages_table(pair).rows == (
        ("pretrain", "12.3", "12.3", "yes", "yes"),
        ("all", "12.3", "12.3", "", ""),
    )


def test_the_page_is_well_formed_and_needs_nothing_from_outside(runs: tuple[Path, Path]) -> None:
    html = comparison_page((open_run_folder(runs[0]), open_run_folder(runs[1])))
    page = Page(html)
    assert page.open == []
    assert {"good and bad", "pretrain.epochs", "seed", NAMES[2]} <= set(page.text)
    assert len([link for link in page.links if link.startswith("data:image/jpeg")]) == 16
    assert "http" not in html
