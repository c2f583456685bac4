from __future__ import annotations

import base64
import dataclasses
from html.parser import HTMLParser

from tests.evaluation.test_result import RESULT

from pass_ops.evaluation.report.page import Figure, figures, folded, section
from pass_ops.evaluation.report.run_report import report_html, report_markdown
from pass_ops.evaluation.report.tables import markdown_table, scores_table, stages_table


class Page(HTMLParser):
    """Checks that every tag is closed in order, and keeps text and attributes."""

    VOID = ("meta", "img", "link")

    def __init__(self, html):
        super().__init__()
        self.open, self.text, self.links = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.links += [value for name, value in attrs if name in ("src", "srcset", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """An SVG element that closes itself."""

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


PNG, JPEG = b"\x89PNG light", b"\xff\xd8 strip"


def test_page_is_well_formed_and_holds_the_figures():
    part = section(
        "a < b", folded("more", figures([Figure("c < d", PNG), Figure("example", JPEG)])), "note"
    )
    page = Page(report_html(RESULT, [part]))
    assert page.open == []
    texts = {
        "objects <10>",
        "0.300",
        "0.250",
        "a < b",
        "c < d",
        "more",
        "note",
        "example",
        "untrained",
        "0.256",
    }
    assert texts <= set(page.text)
    inline = [link.partition(";base64,") for link in page.links if ";base64," in link]
    assert [(kind, base64.b64decode(data)) for kind, _, data in inline] == [
        ("data:image/png", PNG),
        ("data:image/jpeg", JPEG),
    ]


def test_page_asks_for_nothing_from_outside():
    html = report_html(RESULT, [figures([Figure("chart", PNG)])])
    assert "http" not in html
    assert "url(" not in html
    assert "@import" not in html
    assert "prefers-color-scheme: dark" in html
    # Without this, browsers ask for /favicon.ico.
    assert '<link rel="icon" href="data:,">' in html


def test_what_used_sam_says_so():
    assert "vit_b-assisted" in report_html(dataclasses.replace(RESULT, mask_backend="vit_b"))
    assert "-assisted" not in report_html(RESULT)


def test_parts_without_figures_are_left_out():
    bare = dataclasses.replace(RESULT, test={}, baselines={}, learning=(), stages=())
    html = report_html(bare)
    assert "mIoU, validation" in html
    assert not any(
        heading in html for heading in ("mIoU, test", "without learning", "features know")
    )
    assert scores_table(bare).header == ("fractions, 0 to 1", "validation")


def test_markdown_has_a_dash_for_nan():
    markdown = report_markdown(RESULT)
    assert "| mIoU, objects up to 5 % | – | 0.100 |" in markdown


def test_the_stages_are_summed_up():
    rows = {row[0]: row[1:] for row in stages_table(RESULT).rows}
    assert rows == {
        "cluster": ("1.0", "400", "yes", ""),
        "pre-train": ("12.3", "813", "", "loss 3.2"),
        "all": ("13.3", "813", "", ""),
    }


def test_markdown_table():
    assert markdown_table(("a", "b"), (("x", "1"),)) == "| a | b |\n| --- | ---: |\n| x | 1 |\n"
