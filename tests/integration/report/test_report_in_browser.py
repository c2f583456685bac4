"""The report as a reader's browser shows it: wide and narrow, light and dark.

Skipped where there is no Chromium.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.integration.report.browser import Tab, chromium, find_chromium
from tests.integration.report.page_checks import BROKEN_IMAGES, OUTSIDE, TEXTS
from tests.integration.report.pages import write_pages

SKIPPED = "no Chromium on this machine: 14 tests of pages in a browser are skipped"


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    """A tab of a browser."""
    path = find_chromium()
    if path is None:
        print(SKIPPED)
        pytest.skip(f"{SKIPPED}; apt-get install chromium")
    with chromium(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of a run, the page of its test split, and its comparison with itself."""
    return write_pages(real_data, tmp_path_factory.mktemp("report"))


@pytest.fixture(
    scope="module", params=[(1280, False), (1280, True), (400, False), (400, True)], ids=str
)
def view(request: pytest.FixtureRequest) -> tuple[int, bool]:
    """Width of the window in pixels, and whether the system is dark."""
    width, dark = request.param
    return width, dark


@pytest.mark.parametrize("name", ["report", "split", "comparison"])
def test_the_page_is_readable(
    tab: Tab, pages: dict[str, Path], view: tuple[int, bool], name: str
) -> None:
    width, dark = view
    tab.open(pages[name], width, dark)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.problems == []
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate(OUTSIDE) == []
    assert tab.evaluate(BROKEN_IMAGES) == 0
    texts: list[dict[str, Any]] = tab.evaluate(TEXTS)
    assert len(texts) > 80
    assert [text for text in texts if text["size"] < 11.99] == []
    assert [text for text in texts if text["contrast"] < 4.5] == []
    picture = np.asarray(Image.open(io.BytesIO(tab.screenshot())).convert("RGB"))
    assert picture.shape[1] == width
    assert picture.shape[0] > 2000
    assert picture[5, 5].tolist() == ([22, 27, 34] if dark else [255, 255, 255])
    assert len(np.unique(picture[::4, ::4].reshape(-1, 3), axis=0)) > 1000


def test_the_test_sees_what_it_looks_for(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<body style='background:#fff;margin:0'><p style='font-size:8px;color:#aaa'>small</p>"
        "<div style='width:900px'>wide</div><img width=9 height=9 src='data:image/png;base64,AAAA'>"
        "<script>console.error('broken')</script>"
    )
    tab.open(page, 400, dark=False)
    assert any("broken" in problem for problem in tab.problems)
    assert tab.evaluate("document.documentElement.scrollWidth") == 900
    assert len(tab.evaluate(OUTSIDE)) == 1
    assert tab.evaluate(BROKEN_IMAGES) == 1
    small, wide = tab.evaluate(TEXTS)[:2]
    assert (small["text"], small["size"]) == ("small", 8)
    assert small["contrast"] == pytest.approx(2.32, abs=0.01)
    assert wide["contrast"] == pytest.approx(21)


def test_a_request_to_a_server_is_a_problem(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "asks.html"
    page.write_text("<img src='http://127.0.0.1:9/picture.png'>")
    tab.open(page, 400, dark=False)
    assert "http://127.0.0.1:9/picture.png" in tab.problems
