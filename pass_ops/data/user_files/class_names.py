"""Names of classes for people: `names.txt` beside `categories.txt` (method 1.3).

Each line holds a class's folder and, after a blank, its name; of several with commas between, as
ImageNet's `LOC_synset_mapping.txt` has them, the first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pass_ops.data.problem import BadFileError, Problem
from pass_ops.data.user_files.categories import BACKGROUND
from pass_ops.data.user_files.imagenet_names import IMAGENET_NAMES
from pass_ops.storage.opening import read_text, reason

NAMES_NAME = "names.txt"


def read_class_names(path: Path, categories: Sequence[str]) -> tuple[str, ...]:
    """What people call the classes; one that neither the file nor ImageNet-S50 names keeps its
    folder's name.

    Classes of the same name have their folder's behind it. Lines of other classes don't count.

    Args:
        path: of the file; it need not be there.
        categories: names of the folders.

    Raises:
        BadFileError: the file cannot be read or is not UTF-8.
    """
    lines = _lines(path) if path.is_file() else []
    common_names = IMAGENET_NAMES | {folder: name for folder, name in lines if name}
    names = [common_names.get(category, category) for category in categories]
    counts = Counter(names)
    return tuple(
        f"{name} ({category})" if counts[name] > 1 else name
        for name, category in zip(names, categories, strict=True)
    )


def check_class_names(path: Path) -> Iterator[Problem]:
    """What is wrong with the file, if it is there."""
    if not path.is_file():
        return
    try:
        lines = _lines(path)
    except BadFileError as error:
        yield error.problem
        return
    for folder, count in Counter(folder for folder, _ in lines).items():
        if count > 1:
            yield Problem(str(path), f"{count} lines for {folder}", "leave one")
    for folder, name in lines:
        if not name:
            yield Problem(str(path), f"no name for {folder}", "write it after a blank")
        if name.casefold() == BACKGROUND:
            yield Problem(str(path), f"{folder} is called '{name}'", "rename it: id 0 is called so")


def class_names_text(categories: Sequence[str], names: Sequence[str]) -> str:
    """The file's text, of the classes whose name is not their folder's; nothing if there is none.

    Args:
        categories: names of the folders.
        names: of the classes for people.
    """
    lines = zip(categories, names or categories, strict=True)
    return "".join(f"{folder} {name}\n" for folder, name in lines if folder != name)


def _lines(path: Path) -> list[tuple[str, str]]:
    """Folder and name of each line that is not empty."""
    try:
        lines = [line.strip() for line in read_text(path).splitlines()]
    except (OSError, UnicodeError) as error:
        what = f"no list of class names ({reason(error)})"
        fix = "save it as UTF-8: a class's folder, a blank and its name in each line"
        raise BadFileError(Problem(str(path), what, fix)) from error
    pairs = (line.partition(" ")[::2] for line in lines if line)
    return [(folder, names.partition(",")[0].strip()) for folder, names in pairs]
