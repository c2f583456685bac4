"""What stages tell, and what is read of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.engine.events import EVENTS, read_event, tell


def test_an_event_is_a_line_for_people_unless_it_is_asked_for(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(EVENTS, raising=False)
    tell("progress | a | 1/2 images", done=1)
    assert capsys.readouterr().out == "progress | a | 1/2 images\n"
    monkeypatch.setenv(EVENTS, "1")
    tell("progress | a\n| 1/2 images", done=1, detail="Ü\n")
    line, end = capsys.readouterr().out.split("\n")
    assert (line.isascii(), end) == (True, "")
    assert read_event(line) == ("progress | a\n| 1/2 images", {"done": 1, "detail": "Ü\n"})


@given(st.text())
def test_whatever_is_printed_is_no_event_but_a_line(text: str) -> None:
    assert read_event(text) == (text, {})


@pytest.mark.parametrize("content", ["", "{", "1", "null", "[]", "{}", '{"done": 1}'])
def test_what_begins_like_an_event_and_is_none_is_a_line(content: str) -> None:
    assert read_event(f"\x1e{content}") == (f"\x1e{content}", {})
