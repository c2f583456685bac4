"""Files of the repository as pages: where they are, what their links become."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.site.repository_pages import linked_files, site_path, site_text


@pytest.mark.parametrize(
    ("file", "place"),
    [
        ("README.md", "index.md"),
        ("README.zh.md", "index.zh.md"),
        ("docs/method.md", "method.md"),
        ("images/README.md", "images/README.md"),
        ("LICENSE", "LICENSE"),
    ],
)
def test_the_readme_is_the_first_page(file: str, place: str) -> None:
    assert site_path(file) == place


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("README.md", "[a](docs/method.md#x)", "[a](method.md#x)"),
        ("docs/cluster.md", "[a](../images/README.md)", "[a](images/README.md)"),
        (
            "images/README.md",
            "[a](../docs/cluster.md) [b](../README.md)",
            "[a](../cluster.md) [b](../index.md)",
        ),
        ("docs/method.md", "[a](#x) [b](https://a.b/c)", "[a](#x) [b](https://a.b/c)"),
        ("README.md", "```\n[a](docs/method.md)\n* b\n```", "```\n[a](docs/method.md)\n* b\n```"),
        ("README.md", "text:\n* a\n* b\n  more\n", "text:\n\n* a\n* b\n  more"),
        ("README.md", "text:\n1. a\n2. b\n", "text:\n\n1. a\n2. b"),
        ("README.md", "text\n| a |\n|---|\n| b |", "text\n\n| a |\n|---|\n| b |"),
    ],
)
def test_links_lists_and_tables_are_the_sites(file: str, text: str, expected: str) -> None:
    assert site_text(file, text) == expected


def test_files_are_found_by_links_of_links_and_not_by_code(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "images").mkdir()
    (tmp_path / "README.md").write_text("[a](docs/a.md)\n```\n[x](HIDDEN.md)\n```\n")
    (tmp_path / "docs" / "a.md").write_text("[i](../images/README.md#x) [gone](../gone.md)")
    (tmp_path / "images" / "README.md").write_text("[l](../LICENSE) [self](README.md)")
    for name in ("LICENSE", "HIDDEN.md", "OTHER.md"):
        (tmp_path / name).touch()
    assert linked_files(tmp_path) == ["README.md", "images/README.md", "LICENSE"]
