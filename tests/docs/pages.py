"""Pages in two languages: their blocks of code, and what they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAIRS = {"README.md": "README.zh.md", "docs/walkthrough.md": "docs/walkthrough.zh.md"}
PAGES = [ROOT / page for pair in PAIRS.items() for page in pair]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


def blocks(page: Path, language: str | None = None) -> list[str]:
    """The blocks of code of a page, in order.

    Args:
        page: its file.
        language: of the blocks; None for all.
    """
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [text for name, text in found if language in (None, name)]


def command_lines(page: Path) -> list[list[str]]:
    """The words of every call of make or pass-ops, in blocks and in the text."""
    lines = [line for block in blocks(page) for line in block.splitlines()] + inline_code(page)
    words = [
        shlex.split(line, comments=True) for line in lines if re.search(r"\bmake |pass-ops ", line)
    ]
    return [found for line in words if (found := _call(line))]


def inline_code(page: Path) -> list[str]:
    """What a page's text names as code: commands, files, settings."""
    return _CODE.findall(_BLOCK.sub("", page.read_text(encoding="utf-8")).replace("\n", " "))


def _call(words: list[str]) -> list[str]:
    """From make or pass-ops on, without variables of the environment before it."""
    for place, word in enumerate(words):
        if word == "make" or word.rpartition("/")[2] == "pass-ops":
            return [word.rpartition("/")[2], *words[place + 1 :]]
    return []
