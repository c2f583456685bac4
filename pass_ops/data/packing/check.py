"""Every problem of a data set, whatever names it; as a stage, which ends with a pointer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pass_ops.data.locate import is_packed, locate
from pass_ops.data.packing.validate import validate
from pass_ops.errors import DataError


def list_problems(source: str, cache: Path) -> list[str]:
    """Decode everything in the data set at `source` and list what is wrong with it, one line per
    problem, with its file.

    Args:
        source: packed set (folder or `s3://…`), folder in ImageNet-S layout or not, or pointer
            file.
        cache: folder for what is fetched from S3.

    Raises:
        DataError: the tables of a packed set are damaged.
        StorageError: the server refuses, or lacks part of the set.
    """
    # A folder is not located: that stops at its first problem.
    data = locate(source) if is_packed(source) or Path(source).is_file() else Path(source)
    return [str(problem) for problem in validate(data, cache)]


def require_good(source: str, cache: Path, show: Callable[[str], object] = print) -> None:
    """Refuse the data set at `source` if it has problems, after each of them was given to `show`.

    Raises:
        DataError: names the first problem, and says how many there are.
    """
    problems = list_problems(source, cache)
    for problem in problems:
        show(problem)
    if problems:
        more = f" ({len(problems)} problems in all, listed above)" if len(problems) > 1 else ""
        raise DataError(problems[0] + more)


def check_data(uri: str, cache: Path, pointer: Path) -> dict[str, float]:
    """Check the data set at `uri` and write the pointer to it.

    Returns:
        Images of each split, and of all.

    Raises:
        DataError: the set has problems; each was printed.
    """
    require_good(uri, cache)
    found = locate(uri)
    found.save(pointer)
    return {
        "images": float(sum(found.counts.values())),
        **{name: float(count) for name, count in found.counts.items()},
    }
