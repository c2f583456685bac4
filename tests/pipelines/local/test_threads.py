"""Threads of a run's stages."""

from __future__ import annotations

import os
from typing import Any

import pytest

from pipelines.local.settings import parse
from pipelines.local.threads import VARIABLE, threads_chosen


def chosen(*options: str) -> str | None:
    """What stages are told that a command line with these options starts."""
    settings, *_ = parse(options)
    with threads_chosen(settings):
        return os.environ.get(VARIABLE)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.mark.parametrize(
    ("options", "threads"),
    [
        ((), "1"),
        (("--profile", "small"), None),
        (("--overrides", '{"pretrain.network.width": 64}'), None),
        (("--profile", "small", "--overrides", '{"pretrain.network.width": 8}'), "1"),
        (("--overrides", '{"of another pipeline": 1}'), None),
    ],
)
def test_narrow_networks_compute_with_one_thread(options: Any, threads: str | None) -> None:
    assert chosen(*options) == threads
    assert VARIABLE not in os.environ


def test_what_the_user_says_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "3")
    assert chosen() == "3"
