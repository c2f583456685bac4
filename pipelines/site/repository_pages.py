"""Files of the repository as parts of the site: the README is its first page.

Links between files are those of the repository, so that they work where people read it; here they
are turned into links between pages.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
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
    found = dict.fromkeys(["README.md", *pages])
    waiting = list(found)
    while waiting:
        page = waiting.pop()
        if not page.endswith(".md"):
            continue
        for target in _targets(page, (root / page).read_text(encoding="utf-8")):
            if (root / target).is_file() and target not in found:
                found[target] = None
                waiting.append(target)
    return [file for file in found if not file.startswith(DOCS)]


def site_text(file: str, text: str) -> str:
    """The Markdown of a page, as the site's parser reads it.

    Args:
        file: path from the repository's root.
        text: of the file.
    """
    here = posixpath.dirname(site_path(file))

    def link(target: str) -> str:
        path, mark, anchor = target.partition("#")
        if not path or ":" in path:
            return target
        there = site_path(_resolved(file, path))
        return posixpath.relpath(there, here or ".") + mark + anchor

    return "\n".join(_separated(_replaced(text, link)))


def _targets(file: str, text: str) -> Iterator[str]:
    targets: list[str] = []
    for _ in _replaced(text, lambda target: targets.append(target) or target):
        pass
    for target in targets:
        path = target.partition("#")[0]
        if path and ":" not in path:
            yield _resolved(file, path)


def _resolved(file: str, path: str) -> str:
    return posixpath.normpath(str(PurePosixPath(file).parent / path))


def _replaced(text: str, link: Callable[[str], str]) -> Iterator[str]:
    """The lines, with the addresses of links outside of code replaced.

    Args:
        text: Markdown.
        link: what takes the place of an address.
    """
    in_code = False
    for line in text.splitlines():
        in_code ^= bool(_FENCE.match(line))
        yield line if in_code else _LINK.sub(lambda m: f"{m[1]}{link(m[2])}{m[3]}", line)


def _separated(lines: Iterator[str]) -> Iterator[str]:
    """The lines, with an empty one before a list or a table amid a paragraph: Python-Markdown 3
    does not see one there, as GitHub does.
    """
    in_code, before = False, ""
    for line in lines:
        in_code ^= bool(_FENCE.match(line))
        begins = (_LIST.match(line) and not _LIST.match(before)) or (
            line.startswith("|") and not before.startswith("|")
        )
        if begins and before and not in_code and not before.startswith(" "):
            yield ""
        yield line
        before = line
