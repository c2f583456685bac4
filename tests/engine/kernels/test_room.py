"""Whether it is for lack of room that something fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine.kernels.room import kernels_have_room


@pytest.mark.parametrize("home", [".", "not/there/yet"])
def test_an_error_that_has_nothing_to_do_with_room_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setenv("JITTOR_HOME", str(tmp_path / home))
    with pytest.raises(RuntimeError, match="shapes"), kernels_have_room():
        raise RuntimeError("shapes differ")
