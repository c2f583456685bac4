"""A full disk is one line that says where."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.disk_space import space_needed
from pass_ops.storage.forms import ANY_FILE

FULL_DISK = Path("/dev/full")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_one_line_that_names_the_output(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with pytest.raises(StorageError) as caught, atomic_path(path, ANY_FILE):
        FULL_DISK.write_bytes(b"x")
    assert (
        str(caught.value)
        == f"{path}: no space left on the disk; free some, or choose another folder"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)),
        # As NumPy and safetensors say it.
        OSError("1000 requested and 12 written"),
        RuntimeError(f"I/O error: {os.strerror(errno.ENOSPC)} (os error 28)"),
    ],
    ids=repr,
)
def test_every_way_of_saying_it_is_understood(error: Exception) -> None:
    with pytest.raises(StorageError, match=r"^folder: no space left"), space_needed(Path("folder")):
        raise error


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)),
        StorageError("s3://bucket/name: no space left at http://host; free some"),
        StorageError(f"inner: {os.strerror(errno.ENOSPC)}"),
    ],
    ids=repr,
)
def test_other_errors_stay_as_they_are(error: Exception) -> None:
    with pytest.raises(type(error)) as caught, space_needed(Path("folder")):
        raise error
    assert caught.value is error
