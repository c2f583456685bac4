"""A container's termination message."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.engine import last_words
from pass_ops.engine.stage import one_line_errors
from pass_ops.errors import ArtifactError, ConfigError, DataError, PassError, StorageError


def words_of(error: PassError, file: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a stage that ends with `error` leaves in `file`.

    Args:
        error: its end.
        file: the termination message, made by Kubernetes.
        monkeypatch: puts the file in its place.
    """
    file.touch()
    monkeypatch.setattr(last_words, "FILE", file)
    with pytest.raises(SystemExit), one_line_errors():
        raise error
    return file.read_text()


@pytest.mark.parametrize("kind", [ConfigError, DataError, ArtifactError])
def test_wrong_input_is_said_to_fail_again(
    kind: type[PassError], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = words_of(kind("bad"), tmp_path / "log", monkeypatch)
    assert words == "not to be retried: bad"


def test_a_lost_server_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words_of(StorageError("gone"), tmp_path / "log", monkeypatch) == "gone"


def test_kubernetes_can_keep_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = words_of(DataError("a" * 9000), tmp_path / "log", monkeypatch)
    assert words.startswith("not to be retried")
    assert len(words) == 4096


def test_outside_of_a_container_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_words, "FILE", tmp_path / "log")
    last_words.leave_last_words(DataError("bad"))
    assert not list(tmp_path.iterdir())
