"""The pages of `make docs`: built strictly, with no link or anchor to nowhere."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pass_ops.config.settings import CONFIGS
from pass_ops.stages.declaration import DECLARATIONS
from pipelines.site.repository_pages import CLONE, linked_files, site_path

SKIPPED = "MkDocs is not installed: the pages are not built here; make test installs it"


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build the site, as `make docs` does.

    Args:
        config: its `mkdocs.yml`.
        site: folder for the pages.
    """
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-f", str(config), "-d", str(site)],
        # Material 9.8 says at every start, on standard error, when its support ends.
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "NO_MKDOCS_2_WARNING": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages."""
    if importlib.util.find_spec("mkdocs") is None:
        print(SKIPPED)
        pytest.skip(SKIPPED)
    folder = tmp_path_factory.mktemp("site")
    built = build(CLONE / "mkdocs.yml", folder)
    assert built.returncode == 0, built.stderr
    return folder


def test_the_menu_has_every_document() -> None:
    menu = (CLONE / "mkdocs.yml").read_text().partition("\nnav:")[2]
    documents = [f"docs/{page.name}" for page in (CLONE / "docs").glob("*.md")]
    documents += [file for file in linked_files() if file.endswith(".md")]
    missing = [
        page for page in map(site_path, documents) if not re.search(rf"[ :]{page}$", menu, re.M)
    ]
    assert missing == [], "give them a place in mkdocs.yml"


class Links(HTMLParser):
    """The ids of a page, and the addresses that it names.

    Args:
        page: its file.
    """

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.addresses: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.add(value)
            if name in ("href", "src") and value:
                self.addresses.append(value)


def test_no_link_leads_to_nowhere(site: Path) -> None:
    pages = {page: Links(page) for page in site.rglob("*.html") if page.name != "404.html"}
    broken, count = [], 0
    for page, links in pages.items():
        for address in links.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            anchor = unquote(parts.fragment)
            if not target.exists() or (
                anchor and target in pages and anchor not in pages[target].ids
            ):
                broken.append(f"{page.relative_to(site)}: {address}")
    assert count > 1000
    assert broken == []


def test_every_document_and_every_stage_has_a_page_in_the_menu(site: Path) -> None:
    menu = Links(site / "index.html").addresses
    documents = [f"docs/{page.name}" for page in (CLONE / "docs").glob("*.md")]
    documents += [file for file in linked_files() if file.endswith(".md")]
    pages = [site_path(file) for file in documents] + [f"stages/{name}.md" for name in DECLARATIONS]
    assert len(pages) > 40
    for page in pages:
        html = re.sub(r"(^|/)README\.md$", r"\1index.md", page).removesuffix(".md") + ".html"
        assert (site / html).is_file(), page
        assert html in menu, page


def test_every_setting_stands_on_a_page(site: Path) -> None:
    text = "".join(page.read_text() for page in (site / "stages").iterdir())
    for key in CONFIGS:
        assert f"Settings: <code>{key}</code>" in text, key
    for name in ("optimiser.base_lr", "automatic.points_per_side", "max_resolution"):
        assert f"<code>{name}</code>" in text, name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[nowhere](gone.md)", "gone.md"),
        ("[nowhere](method.md#gone)", "does not contain an anchor '#gone'"),
    ],
)
@pytest.mark.usefixtures("site")
def test_a_broken_link_ends_the_build(tmp_path: Path, text: str, complaint: str) -> None:
    config = tmp_path / "mkdocs.yml"
    # The pages alone, without what hooks add.
    config.write_text(
        re.sub(r"(?ms)^(hooks|plugins|nav):.*?(?=^\w|\Z)", "", (CLONE / "mkdocs.yml").read_text())
    )
    (tmp_path / "docs").mkdir()
    shutil.copy(CLONE / "docs" / "results.png", tmp_path / "docs")
    (tmp_path / "docs" / "index.md").write_text("# Index\n")
    (tmp_path / "docs" / "method.md").write_text("# Method\n")
    assert build(config, tmp_path / "site").returncode == 0
    (tmp_path / "docs" / "index.md").write_text(f"# Index\n\n{text}\n")
    built = build(config, tmp_path / "site")
    assert built.returncode == 1
    assert complaint in built.stderr
