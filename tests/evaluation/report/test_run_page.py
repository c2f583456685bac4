"""The page of a run, and its tables in Markdown."""

from __future__ import annotations

import base64
import dataclasses

from pass_ops.evaluation.report.page import Figure, section
from pass_ops.evaluation.report.run_page import run_markdown, run_page
from pass_ops.evaluation.report.tables import scores_table
from pass_ops.evaluation.report.templating import html
from tests.evaluation.html import Page
from tests.evaluation.report.example import RESULT

PNG, JPEG = b"\x89PNG light", b"\xff\xd8 strip"


def test_page_is_well_formed_and_holds_metrics_and_pictures():
    strips = {"all": [Figure("c < d", PNG), Figure("example", JPEG)]}
    pictures = html("split.html", split="a < b", classes=None, strips=strips, span="all")
    page = Page(run_page(RESULT, [pictures, section(heading="more", note="note")]))
    assert page.open == []
    texts = {
        "objects <10>",
        "0.300",
        "0.250",
        "a < b: image, prediction",
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
    page = run_page(RESULT)
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page
    assert "prefers-color-scheme: dark" in page
    # Without this, browsers ask for /favicon.ico.
    assert '<link rel="icon" href="data:,">' in page


def test_what_used_sam_says_so():
    assert "SAM-assisted" in run_page(dataclasses.replace(RESULT, mask_backend="sam"))
    assert "<dt>protocol</dt><dd>unsupervised</dd>" in run_page(RESULT)


def test_tables_of_what_was_not_measured_are_left_out():
    bare = dataclasses.replace(RESULT, test={}, baselines={}, learning=(), stages=())
    page = run_page(bare)
    assert "mIoU, validation" in page
    assert not any(
        heading in page for heading in ("mIoU, test", "without learning", "features know")
    )
    assert scores_table(bare).header == ("fractions, 0 to 1", "validation")


def test_markdown_has_a_dash_for_nan():
    markdown = run_markdown(RESULT)
    assert "| mIoU, objects up to 5 % | – | 0.100 |" in markdown
