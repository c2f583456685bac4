"""README and walkthrough in English and Chinese: the same commands, all of which exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer

from pass_ops.cli import app
from tests.docs.pages import PAGES, PAIRS, ROOT, blocks, command_lines, inline_code

CHINESE = re.compile(r"[\u4e00-\u9fff]")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(("english", "chinese"), PAIRS.items())
def test_both_languages_have_the_same_blocks_of_commands(english: str, chinese: str) -> None:
    assert blocks(ROOT / english)
    assert blocks(ROOT / chinese) == blocks(ROOT / english)


@pytest.mark.parametrize(("english", "chinese"), PAIRS.items())
def test_both_languages_have_the_same_headings_and_name_the_same_things(
    english: str, chinese: str
) -> None:
    first, second = text(english), text(chinese)
    headings = [re.findall(r"^#+ ", page, re.MULTILINE) for page in (first, second)]
    assert headings[0] == headings[1]
    assert set(inline_code(ROOT / english)) == set(inline_code(ROOT / chinese))
    links = [set(LINK.findall(page)) for page in (first, second)]
    plain = [{link.replace(".zh", "") for link in of} for of in links]
    # Each links to the other.
    assert plain[0] - {Path(english).name} == plain[1] - {Path(english).name}
    assert Path(chinese).name in links[0]
    assert Path(english).name in links[1]


@pytest.mark.parametrize(("english", "chinese"), PAIRS.items())
def test_the_chinese_page_is_chinese_and_the_english_one_is_not(english: str, chinese: str) -> None:
    prose = re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)", "", text(chinese), flags=re.DOTALL)
    assert len(CHINESE.findall(prose)) > 0.3 * len(re.sub(r"\s", "", prose))
    assert "".join(CHINESE.findall(text(english))) == "中文"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_line_exists(page: Path) -> None:
    lines = command_lines(page)
    assert len(lines) > 5
    for program, *arguments in lines:
        complaint = _make(arguments) if program == "make" else _pass_ops(arguments)
        assert complaint == "", f"{page.name}: {program} {' '.join(arguments)}: {complaint}"


def test_commands_that_do_not_exist_are_found() -> None:
    assert _make(["runn"]) != ""
    assert _make(["run", "DATE=shapes"]) != ""
    assert _make(["run", "DATA=shapes"]) == ""
    assert "predicted" in _pass_ops(["predicted", "model"])
    assert "--outputs" in _pass_ops(["predict", "model", "a.jpg", "--outputs", "b"])
    assert "gone" in _pass_ops(["data", "gone"])
    assert _pass_ops(["data", "convert", "MASKS", "DIR"]) == ""


def _make(arguments: list[str]) -> str:
    """What make says of targets and variables that it does not know; nothing if it knows them."""
    names = [word for word in arguments if "=" in word]
    # A wildcard of the page's stands for any text.
    given = " ".join(word.partition("=")[0] for word in names)
    goals = " ".join(word for word in arguments if "=" not in word)
    process = subprocess.run(
        ["awk", "-f", ".make/command_line.awk", "Makefile"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "given": given, "goals": goals or "help"},
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.strip()


def _pass_ops(arguments: list[str]) -> str:
    """What is wrong with a call: a command or an option that is not there; nothing otherwise."""
    command: Any = typer.main.get_command(app)
    context = typer.Context(command)
    words = list(arguments)
    while words and hasattr(command, "get_command") and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            return f"there is no command {words[0]}"
        command = found
        words.pop(0)
    known = {name for option in command.get_params(context) for name in option.opts}
    unknown = [word for word in words if word.startswith("--") and word not in known]
    return f"there is no option {unknown[0]}" if unknown else ""
