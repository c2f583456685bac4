"""Tables of text cells."""

from __future__ import annotations

import math

from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.tables import metrics_table, stages_table
from pass_ops.evaluation.report.text_table import Table, decimal
from pass_ops.evaluation.scoring.metrics import HEADINGS
from tests.evaluation.report.example import RESULT

TABLE = Table("Scores", ("a", "b"), (("x < y", "1"), ("z", "22")))


def test_a_table_in_markdown_aligns_numbers():
    assert TABLE.markdown() == "| a | b |\n| --- | ---: |\n| x < y | 1 |\n| z | 22 |\n"


def test_a_table_as_text_has_columns():
    assert TABLE.text() == "a       b\nx < y   1\nz      22"


def test_a_table_in_html_is_escaped():
    html = section(heading="Scores", table=TABLE)
    assert '<th scope="row">x &lt; y</th><td>1</td>' in html
    assert "<table" not in section(heading="Scores", table=Table("", ("a",), ()))


def test_numbers_have_three_decimals_and_nan_a_dash():
    assert (decimal(0.12345), decimal(math.nan)) == ("0.123", "–")


def test_metrics_are_listed_in_one_order_and_those_that_no_column_has_are_left_out():
    table = metrics_table({"test": {"f": 0.5}, "validation": {"f": 0.25, "miou": 0.125}})
    assert table.header == ("fractions, 0 to 1", "test", "validation")
    assert table.rows == (("mIoU", "–", "0.125"), ("F-measure", "0.500", "0.250"))


def test_every_metric_has_its_row():
    table = metrics_table({"test": dict.fromkeys(HEADINGS, 1.0)})
    assert [row[0] for row in table.rows] == list(HEADINGS.values())


def test_the_stages_are_summed_up():
    rows = {row[0]: row[1:] for row in stages_table(RESULT.stages).rows}
    assert rows == {
        "cluster": ("1.0", "400", "yes", ""),
        "pre-train": ("12.3", "813", "", "loss 3.2"),
        "all": ("13.3", "813", "", ""),
    }
