"""The photographs that a user names: files, and folders with folders in them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from pass_ops.data.problem import Problem
from pass_ops.data.user_files.photographs import ENDINGS, and_others, list_photographs
from pass_ops.errors import DataError


@dataclass(frozen=True)
class Photograph:
    """A file, which may be no image.

    Attributes:
        file: its path.
        name: its path in the folder that was named, or its name.
    """

    file: Path
    name: PurePath


@dataclass(frozen=True)
class Listing:
    """What paths name.

    Attributes:
        photographs: in order of their paths, folder after folder.
        problems: folders that cannot be listed.
        passed_over: number of files whose names do not end as those of photographs do.
    """

    photographs: list[Photograph]
    problems: list[Problem]
    passed_over: int


def find_photographs(paths: Sequence[Path]) -> Listing:
    """The photographs that paths name.

    Args:
        paths: files, which are taken whatever their names end in, and folders.

    Raises:
        DataError: a path names nothing; or there is no photograph at all.
    """
    photographs: list[Photograph] = []
    problems: list[Problem] = []
    others: list[Path] = []
    for path in paths:
        if os.path.isdir(path):
            inside = list_photographs(path)
            photographs += [Photograph(file, file.relative_to(path)) for file in inside.files]
            problems += inside.problems
            others += inside.others
        elif os.path.lexists(path):
            photographs.append(Photograph(path, PurePath(path.name)))
        else:
            raise DataError(f"{path}: no such file or folder; name photographs or folders of them")
    if not photographs:
        names = ", ".join(str(path) for path in paths)
        raise DataError(
            f"{names}: no photographs in there{and_others(others)}; "
            f"their names end in {', '.join(ENDINGS)}"
        )
    return Listing(photographs, problems, len(others))


def output_names(photographs: Sequence[Photograph]) -> list[PurePath]:
    """What the outputs of each are called, but for an ending: its name without its ending, or with
    it where several would be called the same.

    Raises:
        DataError: two have the same name.
    """
    stems = Counter(one.name.with_suffix("") for one in photographs)
    names = []
    for one in photographs:
        stem = one.name.with_suffix("")
        names.append(stem if stems[stem] == 1 else one.name)
    counts = Counter(names)
    for one, name in zip(photographs, names, strict=True):
        if counts[name] > 1:
            raise DataError(
                f"{one.file}: another photograph is called {one.name} too; "
                "name a folder that holds both, or one after the other"
            )
    return names
