"""The data set of a local run: the user's folder, or the synthetic set."""

from __future__ import annotations

import os
from pathlib import Path

import pass_ops.data
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.errors import DataError
from pipelines.images.source_digest import source_digest

SYNTHETIC = "none"


def given_folder(data: str) -> Path | None:
    """The folder that `data` names; None for the synthetic set.

    Raises:
        DataError: there is no such folder, or it is a file.
    """
    if data == SYNTHETIC:
        return None
    folder = Path(data).expanduser()
    # The empty path would be this folder: of a shell's variable that is not set.
    if not data or not folder.is_dir():
        what = "a file, no folder" if data and os.path.lexists(folder) else "no such folder"
        raise DataError(
            f"DATA={data}: {what}: name one with photographs, or in ImageNet-S layout, "
            "or leave DATA out"
        )
    return folder


def find_data(data: str, home: Path) -> Path:
    """The folder of the data set.

    Args:
        data: a folder in ImageNet-S layout, or `none` for the synthetic set (method 22.1).
        home: folder below which the synthetic set is kept; it is written there if need be.

    Raises:
        DataError: there is no such folder.
    """
    if folder := given_folder(data):
        return folder
    # A folder for each version of the code that draws it.
    version = source_digest([Path(pass_ops.data.__path__[0])])
    folder = home / ".cache" / "synthetic" / version
    if not folder.exists():
        write_synthetic(folder)
    return folder
