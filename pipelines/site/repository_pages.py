"""Files of the repository as parts of the site: the README is its first page.

Links between files are those of the repository, so that they work where people read it; here they
are turned into links between pages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CLONE = Path(__file__).resolve().parents[2]
DOCS = "docs/"
_LINK = re.compile(r"(\]\()([^()\s]+)(\))")
_FENCE = re.compile(r"^(```|~~~)")
_LIST = re.compile(r"^(?:[*-]|\d+\.) ")


def site_path(file: str) -> str:
    """Where a file of the repository is in the site.

    Args:
        file: path from the repository's root: `docs/method.md`, `README.md`, `README.zh.md`.
    """
    return re.sub(r"^README((?:\.\w+)?)\.md$", r"index\1.md", file.removeprefix(DOCS))


def linked_files(root: Path = CLONE) -> list[str]:
    """Files outside of `docs/` that a page of the site links to, from the README on; pages of
    theirs bring more.

    Args:
        root: of the repository.
    """
    pages = [str(page.relative_to(root)) for page in sorted((root / DOCS).glob("*.md"))]
    files = dict.fromkeys(["README.md", *pages])
    waiting = list(files)
    while waiting:
        page = waiting.pop()
        if not page.endswith(".md"):
            continue
        for target in _targets(page, (root / page).read_text(encoding="utf-8")):
            if (root / target).is_file() and target not in files:
                files[target] = None
                waiting.append(target)
    return [file for file in files if not file.startswith(DOCS)]


def site_text(file: str, text: str) -> str:
    """The Markdown of a page, as the site's parser reads it.

    Args:
        file: path from the repository's root.
        text: of the file.
    """
    here = posixpath.dirname(site_path(file)) or "."

    def link(match: re.Match[str]) -> str:
        path, mark, anchor = match[2].partition("#")
        if not path or ":" in path:
            return match[0]
        there = posixpath.relpath(site_path(_resolved(file, path)), here)
        return f"{match[1]}{there}{mark}{anchor}{match[3]}"

    lines, before = [], ""
    for line, is_code in _lines(text):
        # Python-Markdown 3 does not see a list or a table amid a paragraph, as GitHub does.
        begins = (_LIST.match(line) and not _LIST.match(before)) or (
            line.startswith("|") and not before.startswith("|")
        )
        if begins and before and not is_code and not before.startswith(" "):
            lines.append("")
        lines.append(line if is_code else _LINK.sub(link, line))
        before = line
    return "\n".join(lines)


def _targets(file: str, text: str) -> Iterator[str]:
    """Paths from the repository's root of what a page links to.

    Args:
        file: path of the page.
        text: of the page.
    """
    for line, is_code in _lines(text):
        for _, target, _ in () if is_code else _LINK.findall(line):
            path = target.partition("#")[0]
            if path and ":" not in path:
                yield _resolved(file, path)


def _resolved(file: str, path: str) -> str:
    """Where a relative path leads, from the repository's root.

    Args:
        file: that it stands in.
        path: relative to the file.
    """
    return posixpath.normpath(str(PurePosixPath(file).parent / path))


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line of a page, and whether it is code."""
    in_code = False
    for line in text.splitlines():
        fence = bool(_FENCE.match(line))
        yield line, in_code or fence
        in_code ^= fence
