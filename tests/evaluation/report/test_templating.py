"""Templates: what is escaped, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

import pass_ops
from pass_ops.evaluation.report.page import html_page, section
from pass_ops.evaluation.report.templating import html
from tests.evaluation.html import Page

TEMPLATES = Path(pass_ops.__file__).parent / "templates"


def test_texts_are_escaped_and_html_is_not() -> None:
    part = section(heading='<script>"a"', body=Markup("<b>bold</b>"), note="x < y")
    assert "<script>" not in part
    assert "<b>bold</b>" in part
    page = Page(html_page("a & b", [part]))
    assert page.open == []
    assert {"a & b", '<script>"a"', "x < y"} <= set(page.text)


def test_a_part_that_is_a_mere_text_is_escaped() -> None:
    assert "&lt;b&gt;" in html_page("title", ["<b>"])  # type: ignore[list-item]  # On purpose.


def test_a_value_that_is_missing_is_no_empty_text() -> None:
    with pytest.raises(UndefinedError, match="rows"):
        html("bars.html")


def test_nothing_in_a_template_is_declared_safe() -> None:
    files = [path for path in TEMPLATES.iterdir() if path.suffix == ".html"]
    assert len(files) >= 10
    assert [path.name for path in files if "safe" in path.read_text()] == []
