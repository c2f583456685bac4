"""What lies in a folder, but for what nobody put there on purpose."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem, readable

EXTENSIONS = (".jpeg", ".jpg", ".png")
"""Endings of images, in any case."""

LITTER = frozenset(
    ("__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", "@eadir", "lost+found", "$recycle.bin")
)
"""What operating systems leave in folders, in small letters; the rest of it is hidden."""


def is_passed_over(path: Path) -> bool:
    """Whether a file or folder is hidden or an operating system's own: part of no data set."""
    return path.name.startswith(".") or path.name.casefold() in LITTER


def list_folder(folder: Path) -> tuple[list[Path], list[Problem]]:
    """What is in `folder`, sorted, but for what is passed over; and what keeps it from being
    listed. Links are followed.
    """
    paths, problems = _list_all(folder)
    return [path for path in paths if not is_passed_over(path)], problems


def subfolders(folder: Path) -> list[Path]:
    """The folders in `folder`, sorted, and what links there lead to."""
    return [path for path in list_folder(folder)[0] if os.path.isdir(path)]


def passed_over(folders: Iterable[Path]) -> list[Path]:
    """What is passed over in `folders`, sorted; one that is not there holds nothing."""
    return sorted(
        path for folder in folders for path in _list_all(folder)[0] if is_passed_over(path)
    )


def _list_all(folder: Path) -> tuple[list[Path], list[Problem]]:
    try:
        with readable(folder):
            # A folder that may be listed but not entered has names without files.
            os.stat(f"{folder}/.")
            return sorted(folder.iterdir()), []
    except BadFileError as error:
        return [], [error.problem]
