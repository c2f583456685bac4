"""Errors are one line that any terminal takes."""

from __future__ import annotations

import os
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.errors import ConfigError, DataError, PassError, first_line, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Käse 😀 [x]", "Käse 😀 [x]"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        (os.fsdecode(b"caf\xe9.JPEG"), "caf\\xe9.JPEG"),
        ("\ud800", "\\ud800"),
        ("\u202eabc", "\\u202eabc"),
    ],
)
def test_what_a_terminal_would_obey_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert str(DataError(text)) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:word@host:80/x: refused", "http://…@host:80/x: refused"),
        ("https://token@host", "https://…@host"),
        ("s3:/user:word@bucket/x", "s3:/…@bucket/x"),
        ("s3://user:w@rd@bucket/x", "s3://…@bucket/x"),
        ("models:/name@champion", "models:/name@champion"),
        ("s3://bucket/prefix@sha256:0a", "s3://bucket/prefix@sha256:0a"),
        ("someone@example.org", "someone@example.org"),
    ],
)
def test_addresses_are_shown_without_logins(text: str, shown: str) -> None:
    assert str(DataError(text)) == shown


@given(st.binary().map(os.fsdecode) | st.text())
def test_every_name_is_printable(name: str) -> None:
    assert printable(name).isprintable()
    printable(name).encode()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ConnectionError("refused\nby the host"), "refused"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("\nlate"), "ValueError"),
    ],
)
def test_the_first_line_of_an_error_says_something(error: Exception, line: str) -> None:
    assert first_line(error) == line


def test_a_wrong_setting_is_a_usage_error() -> None:
    assert (PassError.status, DataError.status, ConfigError.status) == (1, 1, 2)


def test_an_error_survives_a_process() -> None:
    error = pickle.loads(pickle.dumps(DataError("a\nb")))
    assert (type(error), error.args, str(error)) == (DataError, ("a\nb",), "a\\nb")
