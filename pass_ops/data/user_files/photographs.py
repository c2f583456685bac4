"""A folder of photographs and nothing else: no classes, no masks, no splits (method 1.6)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem, first_of, read_file
from pass_ops.data.splits import REQUIRED_SPLITS, SPLITS
from pass_ops.data.structure import check_name, mask_folder
from pass_ops.data.user_files.entries import EXTENSIONS, is_passed_over, list_folder, passed_over
from pass_ops.data.user_files.entry import Entry, Layout, image_key

ENDINGS = (*EXTENSIONS, ".webp", ".tif", ".tiff", ".bmp")
"""Endings of photographs, in any case."""

HELD_OUT_SHARE = 10
"""One photograph of so many goes to validation, and one to test."""

_ADVICE = (
    f"name a folder with {len(REQUIRED_SPLITS)} different photographs at least, with 40 for "
    f"profile smoke or small ({' '.join(ENDINGS)})"
)


@dataclass(frozen=True)
class Photographs:
    """What lies in a folder of photographs, at any depth.

    Attributes:
        files: photographs, in order of their paths.
        others: files that are none, and what is hidden or an operating system's own.
        problems: folders that cannot be listed, photographs that no archive can name.
    """

    files: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def is_photographs(root: Path) -> bool:
    """Whether a folder holds photographs alone: it has no split of the ImageNet-S layout."""
    parts = (folder for split in SPLITS for folder in (root / split, mask_folder(root, split)))
    return os.path.isdir(root) and not any(map(os.path.isdir, parts))


def list_photographs(root: Path) -> Photographs:
    """What lies in `root` and in all folders below it; links are followed."""
    photographs, places = Photographs(), set()
    folders = [root]
    while folders:
        folder = folders.pop()
        # A link may lead back to a folder above it.
        if (place := os.path.realpath(folder)) in places:
            continue
        places.add(place)
        paths, unlistable = list_folder(folder)
        photographs.problems.extend(unlistable)
        photographs.others.extend(passed_over([folder]))
        for path in paths:
            if os.path.isdir(path):
                folders.append(path)
                photographs.problems.extend(check_name(path))
            elif path.suffix.lower() in ENDINGS and os.path.isfile(path):
                photographs.files.append(path)
                photographs.problems.extend(check_name(path))
            else:
                photographs.others.append(path)
    photographs.files.sort()
    photographs.others.sort()
    return photographs


def check_photographs(root: Path) -> Iterator[Problem]:
    """What the names of files in a folder of photographs say is wrong with it."""
    photographs = list_photographs(root)
    yield from photographs.problems
    if len(photographs.files) < len(REQUIRED_SPLITS) and not photographs.problems:
        yield Problem(
            str(root),
            f"{len(photographs.files)} photographs in it{and_others(photographs.others)}",
            f"{_ADVICE}, or one in ImageNet-S layout",
        )


def scan_photographs(root: Path) -> tuple[Layout, list[Problem]]:
    """The photographs under `root`, split by what is in them; and what is wrong with them.

    Files with the same bytes are in the same split.
    """
    problems = list(check_photographs(root))
    contents: dict[str, list[Path]] = {}
    for path in list_photographs(root).files:
        try:
            contents.setdefault(hashlib.sha256(read_file(path)).hexdigest(), []).append(path)
        except BadFileError as error:
            problems.append(error.problem)
    if not problems and len(contents) < len(REQUIRED_SPLITS):
        what = f"{len(contents)} different photographs in it"
        problems.append(Problem(str(root), what, _ADVICE))
    splits: dict[str, list[Entry]] = {split: [] for split in REQUIRED_SPLITS}
    for split, (sha256, paths) in zip(
        split_of_each(len(contents)), sorted(contents.items()), strict=True
    ):
        splits[split].extend(_entries(root=root, split=split, sha256=sha256, paths=paths))
    layout = Layout(
        root=root,
        categories=(),
        splits={
            split: tuple(sorted(entries, key=lambda entry: entry.key))
            for split, entries in splits.items()
            if entries
        },
    )
    return layout, sorted(problems)


def split_of_each(count: int) -> list[str]:
    """The splits of `count` different photographs in order of their digests, which are random: of
    a tenth each, but one photograph at least, validation and test; train of the others.
    """
    tenth = -(-count // HELD_OUT_SHARE)
    train, validation, test = REQUIRED_SPLITS
    return ([validation] * tenth + [test] * tenth + [train] * count)[:count]


def and_others(others: list[Path]) -> str:
    """How many other files lie beside photographs, and what their names end in; "" for none.

    Args:
        others: of `Photographs`.
    """
    visible = [path for path in others if not is_passed_over(path)]
    if not visible:
        return ""
    endings = sorted({path.suffix.lower() or "no ending" for path in visible})
    return f", and {len(visible)} other files ({first_of(endings)})"


def _entries(*, root: Path, split: str, sha256: str, paths: list[Path]) -> Iterator[Entry]:
    """The entries of files with the same bytes.

    Args:
        root: the set's folder.
        split: theirs.
        sha256: of their bytes, in hex.
        paths: of the files, sorted.
    """
    content = read_file(paths[0])
    for copy, path in enumerate(paths):
        yield Entry(
            key=image_key(split, content, copy),
            split=split,
            category="" if path.parent == root else path.parent.relative_to(root).as_posix(),
            stem=path.name,
            image=path,
            sha256=sha256,
            converted=True,
        )
