"""The photographs that a user names: files, and folders with folders in them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pass_ops.data.problem import Problem
from pass_ops.data.user_files.entries import EXTENSIONS, list_folder
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


@dataclass
class Photographs:
    """What was found.

    Attributes:
        found: in order of their paths, folder after folder.
        problems: folders that cannot be listed.
        passed_over: number of files whose names do not end as those of images do.
    """

    found: list[Photograph] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    passed_over: int = 0

    def add_folder(self, folder: Path, root: Path) -> None:
        """Add what is in a folder, and in the folders in it; links to folders are not followed.

        Args:
            folder: to look through.
            root: that was named.
        """
        paths, problems = list_folder(folder)
        self.problems += problems
        for path in paths:
            if os.path.isdir(path):
                if not os.path.islink(path):
                    self.add_folder(path, root)
            elif path.suffix.lower() in EXTENSIONS:
                self.found.append(Photograph(path, path.relative_to(root)))
            else:
                self.passed_over += 1


def find_photographs(paths: Iterable[Path]) -> Photographs:
    """The photographs that paths name.

    Args:
        paths: files, which are taken whatever their names end in, and folders.

    Raises:
        DataError: a path names nothing; or there is no image at all.
    """
    photographs = Photographs()
    given = list(paths)
    for path in given:
        if os.path.isdir(path):
            photographs.add_folder(path, path)
        elif os.path.lexists(path):
            photographs.found.append(Photograph(path, PurePath(path.name)))
        else:
            raise DataError(f"{path}: no such file or folder; name photographs or folders of them")
    if not photographs.found:
        names = ", ".join(str(path) for path in given)
        raise DataError(
            f"{names}: no photographs in there; their names end in {', '.join(EXTENSIONS)}"
        )
    return photographs


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
