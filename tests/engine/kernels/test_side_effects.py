"""What the import of Jittor leaves as it was."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pass_ops.engine.kernels.side_effects import home_set_to, output_dropped


def test_what_other_programs_print_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    print("before")
    with output_dropped():
        subprocess.run(["echo", "self-test"], check=True)
    subprocess.run(["echo", "after"], check=True)
    assert capfd.readouterr().out.split() == ["before", "after"]


def test_home_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/somewhere")
    with home_set_to(tmp_path):
        assert Path.home() == tmp_path
        os.environ["SET_BY_JITTOR"] = "1"
    assert os.environ.pop("SET_BY_JITTOR") == "1"
    assert os.environ["HOME"] == "/somewhere"
    monkeypatch.delenv("HOME")
    with home_set_to(tmp_path):
        pass
    assert "HOME" not in os.environ
