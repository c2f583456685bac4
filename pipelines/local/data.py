"""The data set of a local run: the user's folder, or the synthetic set."""

from __future__ import annotations

from pathlib import Path

import pass_ops.data
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.errors import DataError
from pipelines.local.pipeline import digest_of

SYNTHETIC = "none"


def find_data(data: str, home: Path) -> Path:
    """The folder that `data` names; for `none` the synthetic set (method 22.1), written under
    `home` if need be.

    Raises:
        DataError: there is no such folder.
    """
    if data != SYNTHETIC:
        folder = Path(data).expanduser()
        if not folder.is_dir():
            raise DataError(
                f"DATA={data}: no such folder: name one in ImageNet-S layout, or leave DATA out"
            )
        return folder
    # A folder for each version of the code that draws it.
    folder = home / ".cache" / "synthetic" / digest_of([Path(pass_ops.data.__path__[0])])
    if not folder.exists():
        write_synthetic(folder)
    return folder
