"""Folders of label images, `CLASS/NAME.png`: masks of a set, and predictions of anyone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pass_ops.data.problem import Problem
from pass_ops.data.user_files.entries import list_folder, passed_over

ENDING = ".png"
"""Of label images, in any case."""


@dataclass(frozen=True, kw_only=True)
class LabelFiles:
    """The label images of a folder, and what else lies there.

    Attributes:
        files: label images by `CLASS/NAME`, in order of their paths.
        classes: names of the class folders, sorted; some may be empty.
        problems: folders that cannot be listed, and label images that have the name of another one
            but for the case of its ending.
        others: what is no label image, at either level: other files, folders in class folders.
        passed_over: what is hidden, or an operating system's own.
    """

    files: dict[str, Path]
    classes: tuple[str, ...]
    problems: tuple[Problem, ...]
    others: tuple[Path, ...]
    passed_over: tuple[Path, ...]

    @property
    def used_classes(self) -> set[str]:
        """Names of the class folders that hold label images."""
        return {name.partition("/")[0] for name in self.files}


def list_label_files(root: Path) -> LabelFiles:
    """What lies in `root` and in the folders in it; links are followed."""
    paths, problems = list_folder(root)
    folders = [path for path in paths if os.path.isdir(path)]
    others = [path for path in paths if not os.path.isdir(path)]
    files: dict[str, Path] = {}
    for folder in folders:
        paths, unlistable = list_folder(folder)
        problems += unlistable
        for path in paths:
            name = f"{folder.name}/{path.stem}"
            if path.suffix.lower() != ENDING or os.path.isdir(path):
                others.append(path)
            elif name in files:
                what = f"same name as {files[name].name} but for the ending"
                problems.append(Problem(str(path), what, "rename one of them, or move it away"))
            else:
                files[name] = path
    return LabelFiles(
        files=files,
        classes=tuple(folder.name for folder in folders),
        problems=tuple(problems),
        others=tuple(others),
        passed_over=tuple(passed_over([root, *folders])),
    )
