"""Environment variables for a while."""

from __future__ import annotations

import os

import pytest

from pipelines.servers.environment import environment_variables


def test_variables_are_put_back_also_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASS_A", "before")
    monkeypatch.delenv("PASS_B", raising=False)
    with environment_variables({"PASS_A": "1", "PASS_B": "2"}):
        assert (os.environ["PASS_A"], os.environ["PASS_B"]) == ("1", "2")
    assert os.environ["PASS_A"] == "before"
    with pytest.raises(KeyError), environment_variables({"PASS_A": "1", "PASS_B": "2"}):
        raise KeyError
    assert os.environ["PASS_A"] == "before"
    assert "PASS_B" not in os.environ
