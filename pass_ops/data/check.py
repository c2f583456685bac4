"""Validation of a data set as a stage: it ends with a pointer, or with every problem."""

from __future__ import annotations

from pathlib import Path

from pass_ops.data.locate import locate
from pass_ops.data.validate import validate
from pass_ops.errors import DataError

NEEDED_SPLITS = ("train", "validation", "test")


def check_data(uri: str, cache: Path, pointer: Path) -> dict[str, float]:
    """Decode everything in the data set at `uri` and write the pointer to it.

    Returns:
        Images of each split, and of all.

    Raises:
        DataError: the set has problems; each was printed with its file.
    """
    found = locate(uri)
    problems = [str(problem) for problem in validate(found, cache)]
    problems += [f"{uri}: no split '{split}': add it" for split in NEEDED_SPLITS if not found.counts.get(split)]
    for problem in problems:
        print(problem, flush=True)
    if problems:
        raise DataError(f"{uri}: {len(problems)} problems, the first: {problems[0]} (all are listed above)")
    found.save(pointer)
    return {"images": float(sum(found.counts.values())), **{name: float(count) for name, count in found.counts.items()}}
