"""What keeps a file from being read, in one line."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from pass_ops.errors import ArtifactError, DataError, StorageError
from pass_ops.storage.opening import files_named, read_text, reading, regular_file


def refusal_of(path: Path) -> str:
    """The line that says why `path` holds no numbers."""
    with (
        pytest.raises(ArtifactError) as raised,
        reading(path=path, what="numbers", advice="count again"),
    ):
        json.loads(read_text(path))["numbers"]
    return str(raised.value)


def test_what_is_read_comes_back_without_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa\r\nb\n")
    assert read_text(tmp_path / "a").splitlines() == ["a", "b"]


def test_every_cause_is_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "numbers.json"
    missing = f"{path} holds no numbers (No such file or directory): count again"
    assert refusal_of(path) == missing
    path.symlink_to("nowhere")
    link = f"{path} holds no numbers (a link to nowhere, which is not there): count again"
    assert refusal_of(path) == link
    path.unlink()
    path.write_bytes(b"PK\x03\x04\xff")
    assert refusal_of(path) == f"{path} holds no numbers (not text in UTF-8): count again"
    path.write_text("[")
    assert refusal_of(path).startswith(f"{path} holds no numbers (Expecting value: ")
    path.write_text("{}")
    assert refusal_of(path) == f"{path} holds no numbers (it lacks 'numbers'): count again"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkdir, "a folder, not a file"),
        (os.mkfifo, "a pipe, socket or device, not a file"),
        (lambda path: os.symlink("/dev/zero", path), "a pipe, socket or device, not a file"),
    ],
)
def test_what_is_no_file_is_not_waited_for(make: object, what: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers"
    make(path)  # type: ignore[operator]
    assert refusal_of(path) == f"{path} holds no numbers ({what}): count again"


def test_a_file_of_an_artifact_is_named_beside_it(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError) as raised,
        reading(path=tmp_path, what="rows", advice="make it again", refusal=DataError),
    ):
        np.load(regular_file(tmp_path / "rows.npy"))
    cause = "rows.npy: No such file or directory"
    assert str(raised.value) == f"{tmp_path} holds no rows ({cause}): make it again"


def test_a_huge_file_is_no_text(tmp_path: Path) -> None:
    with (tmp_path / "disk.img").open("wb") as file:
        file.truncate(2**40)
    assert "(too large for a text)" in refusal_of(tmp_path / "disk.img")


def test_an_error_that_has_its_line_keeps_it(tmp_path: Path) -> None:
    with (
        pytest.raises(DataError, match=r"^said already$"),
        reading(path=tmp_path, what="numbers", advice="count again"),
    ):
        raise DataError("said already")


def test_the_file_system_is_heard_wherever_it_speaks(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 300)
    with pytest.raises(StorageError) as raised, files_named():
        long.mkdir()
    assert str(raised.value) == f"{long}: File name too long; check the path, and who may use it"


def test_a_broken_pipe_is_no_file() -> None:
    with pytest.raises(BrokenPipeError), files_named():
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")
