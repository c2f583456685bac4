"""Every problem of a data set, whatever names it; as a stage, which ends with a pointer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pass_ops.data.locate import is_packed, is_pointer, locate
from pass_ops.data.packing.tally import tally
from pass_ops.data.packing.validate import validate
from pass_ops.errors import DataError
from pass_ops.paths import PointerPath
from pass_ops.storage.pinned import pin, place_of


def list_problems(source: str, cache: Path) -> list[str]:
    """Decode everything in a data set and list what is wrong with it.

    Args:
        source: packed set (folder or `s3://…`), folder in ImageNet-S layout or not, or pointer
            file.
        cache: folder for what is fetched from S3.

    Returns:
        One line for each problem, which names the file.

    Raises:
        DataError: the tables of a packed set are damaged.
        StorageError: the server refuses, or lacks part of the set.
    """
    # A folder is not located: that stops at its first problem.
    dataset = locate(source) if is_packed(source) or is_pointer(source) else Path(source)
    return [str(problem) for problem in validate(dataset, cache)]


def require_good(source: str, cache: Path, show: Callable[[str], object] = print) -> None:
    """Refuse a data set that has problems.

    Args:
        source, cache: see `list_problems`.
        show: gets every problem, one line each, before the refusal; where there is none, how many
            classes, images and masks there are, and what is passed over.

    Raises:
        DataError: names the first problem, and says how many there are.
    """
    problems = list_problems(source, cache)
    for line in problems or tally(source, cache).lines():
        show(line)
    if problems:
        more = f" ({len(problems)} problems in all, listed above)" if len(problems) > 1 else ""
        raise DataError(problems[0] + more)


def check_data(uri: str, cache: Path, pointer: PointerPath) -> dict[str, float]:
    """Check a data set and write the pointer to it.

    Args:
        uri: a folder or `s3://…`, see `list_problems`; pinned (`storage.pinned`) or not.
        cache: folder for what is fetched from S3.
        pointer: file to write.

    Returns:
        Images of each split, and of all.

    Raises:
        DataError: the set has problems; each was printed.
        StorageError: it has been replaced since it was pinned.
    """
    place = place_of(uri)
    require_good(place, cache)
    dataset = locate(place)
    pin(uri, dataset.digest)
    dataset.save(pointer)
    return {
        "images": float(sum(dataset.counts.values())),
        **{split: float(count) for split, count in dataset.counts.items()},
    }
