"""Files of a data set are read whole, up to a limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.data.problem import MAX_BYTES, BadFileError, read_file


def test_a_file_beyond_the_limit_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "endless.jpg"
    file.touch()
    # Without blocks on the disk.
    os.truncate(file, MAX_BYTES + 10**12)
    with pytest.raises(BadFileError) as raised:
        read_file(file)
    assert str(raised.value) == (
        f"{file}: has 1.001e+06 MB, the limit is 536.9 (MAX_BYTES in pass_ops/data/problem.py); "
        "shrink it"
    )
