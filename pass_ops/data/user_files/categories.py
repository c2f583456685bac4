"""The classes of a set: how many there may be, their names, and their ids in masks."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pass_ops.data.codec import IGNORE
from pass_ops.data.ids import LabelMap
from pass_ops.data.problem import BadFileError, Problem, first_of
from pass_ops.storage.opening import read_text, reason

MOST = IGNORE - 1
"""Classes that a set may have: an id above it would be that of ignored pixels."""

BACKGROUND = "background"
"""What reports call id 0, so that no class may be called it."""

_BYTE_ORDER_MARK = "\ufeff"


def read_categories(path: Path) -> tuple[str, ...]:
    """The class names that a text file lists, one a line; empty lines and blanks around names don't
    count.

    Raises:
        BadFileError: the file cannot be read, or is not UTF-8 (a byte order mark is allowed).
    """
    try:
        lines = read_text(path).splitlines()
    except (OSError, UnicodeError) as error:
        what = f"no list of class names ({reason(error)})"
        raise BadFileError(
            Problem(str(path), what, "save it as UTF-8, one class name a line")
        ) from error
    return tuple(line.strip() for line in lines if line.strip())


def cluster_names(clusters: int) -> tuple[str, ...]:
    """What stands for the names of classes where a set has none."""
    return tuple(f"cluster {number}" for number in range(clusters))


def check_categories(names: Sequence[str], place: str) -> Iterator[Problem]:
    """What is wrong with the classes of a set, whatever lists them.

    Args:
        names: of the classes.
        place: what lists them, for the problems.
    """
    if not names:
        yield Problem(place, "no class folder in it", "add a folder for each class")
    if len(names) > MOST:
        yield Problem(
            place,
            f"{len(names)} classes, more than {MOST}",
            f"leave some out: in masks, {IGNORE} means pixels to ignore",
        )
    for name in names:
        if name.casefold() == BACKGROUND:
            yield Problem(place, f"a class called '{name}'", "rename it: id 0 is called so")
        # From a file that lists them: no folder is called so.
        if "/" in name or name in (".", ".."):
            yield Problem(
                place, f"class name {name!a}, which no folder can have", "rename the class"
            )
        # What one line of categories.txt cannot hold, or holds as another name.
        if name.splitlines() != [name] or name != name.strip() or _BYTE_ORDER_MARK in name:
            yield Problem(
                place,
                f"class name {name!a} with a line break or blanks at an end",
                "rename the class",
            )
    first: dict[str, str] = {}
    for name in names:
        like = first.setdefault(_form(name), name)
        if like != name:
            what = f"classes '{like}' and '{name}' differ only in letter case or Unicode form"
            yield Problem(place, what, "rename one, or make them one class")


def check_listing(path: Path, names: Sequence[str]) -> Iterator[Problem]:
    """How a file that lists the classes, if it is there, differs from the class folders.

    Args:
        path: of the list.
        names: of the folders, sorted.
    """
    if not path.is_file():
        return
    advice = "write one folder name per line, sorted, or remove the file"
    try:
        listing = read_categories(path)
    except BadFileError as error:
        yield error.problem
        return
    if listing == tuple(names):
        return
    twice = [name for name, count in Counter(listing).items() if count > 1]
    difference = sorted(set(listing) ^ set(names))
    if difference:
        same = {_form(name) for name in listing} == {_form(name) for name in names}
        form = ", which differ only in letter case or Unicode form" if same else ""
        what = f"disagrees with the folders about {first_of(difference)}{form}"
        yield Problem(str(path), f"{what} ({len(listing)} names, {len(names)} folders)", advice)
    elif twice:
        yield Problem(str(path), f"more than one line for {first_of(twice)}", advice)
    else:
        yield Problem(str(path), "not in sorted order", advice)


def check_ids(labels: LabelMap, classes: int, name: str) -> Problem | None:
    """Which ids of a mask are neither background, class nor ignored.

    Args:
        labels: int32 [H, W], not negative.
        classes: number of classes K.
        name: what the problem calls the mask.
    """
    foreign = labels[(labels > classes) & (labels != IGNORE)]
    if not foreign.size:
        return None
    ids, counts = np.unique(foreign, return_counts=True)
    listing = first_of(
        [f"{number} ({count} pixels)" for number, count in zip(ids, counts, strict=True)]
    )
    return Problem(
        name, f"class ids {listing}", f"use 0..{classes}, and {IGNORE} for pixels to ignore"
    )


def _form(name: str) -> str:
    """What is equal for names that some file systems or people take for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
