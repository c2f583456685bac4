"""Lists of classes: what they may hold, in which encodings, and what disagrees with folders."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.data.codec import IGNORE
from pass_ops.data.problem import BadFileError
from pass_ops.data.user_files.categories import (
    check_categories,
    check_ids,
    check_listing,
    read_categories,
)

WNIDS = ("n01440764", "n01443537")


def problems(names: tuple[str, ...]) -> list[str]:
    return [str(problem) for problem in check_categories(names, "set")]


# What a file's name may hold, but for the names of folders themselves.
file_names = st.text(st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1, max_size=6)


@given(names=st.sets(file_names, min_size=1, max_size=6))
def test_names_that_pass_come_back_from_a_file_as_they_are(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    classes = tuple(sorted(names))
    if problems(classes):
        return
    path = tmp_path_factory.mktemp("set") / "categories.txt"
    for start, end in ((b"", "\n"), (b"\xef\xbb\xbf", "\r\n")):
        path.write_bytes(start + "".join(name + end for name in classes).encode())
        assert read_categories(path) == classes
        assert list(check_listing(path, classes)) == []


@given(lines=st.binary(max_size=40))
def test_any_bytes_are_a_list_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, lines: bytes
) -> None:
    path = tmp_path_factory.mktemp("set") / "categories.txt"
    path.write_bytes(lines)
    found = list(check_listing(path, WNIDS))
    assert len(found) <= 1
    if not found:
        assert read_categories(path) == WNIDS
    assert all("\n" not in str(problem) for problem in found)


@pytest.mark.parametrize(
    "text",
    [
        b"n01440764\nn01443537\n",
        b"\xef\xbb\xbfn01440764\r\nn01443537\r\n",
        b"\n n01440764 \n\nn01443537",
    ],
)
def test_utf_8_with_or_without_a_mark_is_read(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "categories.txt"
    path.write_bytes(text)
    assert read_categories(path) == WNIDS


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_other_encodings_are_refused_in_one_line(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "categories.txt"
    path.write_bytes("grün\nrot\n".encode(encoding))
    with pytest.raises(BadFileError) as raised:
        read_categories(path)
    assert str(raised.value) == (
        f"{path}: no list of class names (not text in UTF-8); "
        "save it as UTF-8, one class name a line"
    )


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        ("a b c", "disagrees with the folders about c (3 names, 2 folders)"),
        ("a", "disagrees with the folders about b (1 names, 2 folders)"),
        ("b a", "not in sorted order"),
        ("a a b", "more than one line for a"),
        (
            "A b",
            "disagrees with the folders about A, a, which differ only in letter case or Unicode "
            "form (2 names, 2 folders)",
        ),
        (
            "c d e f g h",
            "disagrees with the folders about a, b, c, d, e and 3 more (6 names, 2 folders)",
        ),
    ],
)
def test_a_list_that_disagrees_with_the_folders(tmp_path: Path, lines: str, what: str) -> None:
    path = tmp_path / "categories.txt"
    path.write_text("\n".join(lines.split()))
    (problem,) = check_listing(path, ("a", "b"))
    assert (problem.file, problem.what) == (str(path), what)


def test_no_list_is_no_problem(tmp_path: Path) -> None:
    assert list(check_listing(tmp_path / "categories.txt", WNIDS)) == []


@pytest.mark.parametrize(("count", "good"), [(0, False), (1, True), (999, True), (1000, False)])
def test_no_class_may_have_the_id_of_ignored_pixels(count: int, good: bool) -> None:
    assert (problems(tuple(f"n{number:08d}" for number in range(count))) == []) == good


def test_too_many_classes_are_refused_by_number() -> None:
    assert problems(tuple(f"n{number:08d}" for number in range(1001))) == [
        "set: 1001 classes, more than 999; leave some out: in masks, 1000 means pixels to ignore"
    ]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("Background", "cat"), "a class called 'Background'"),
        (("cat", "cat\x85dog"), "class name 'cat\\x85dog' with a line break"),
        (("cat", "cat\u2028"), "class name 'cat\\u2028' with a line break"),
        ((" cat", "dog"), "class name ' cat' with a line break or blanks"),
        (("\ufeffcat", "dog"), "class name '\\ufeffcat' with"),
        (("Cat", "cat"), "classes 'Cat' and 'cat' differ only in letter case"),
        (("e\u0301", "\xe9"), "differ only in letter case or Unicode form"),
    ],
)
def test_names_that_mean_something_else_are_refused(names: tuple[str, ...], what: str) -> None:
    (line,) = problems(names)
    assert what in line
    assert "\n" not in line


def test_ids_of_a_mask() -> None:
    labels = np.array([[0, 1, 2, IGNORE]], np.int32)
    assert check_ids(labels, 2, "m.png") is None
    labels = np.array([[0, 3, 3, 255, 999, IGNORE]], np.int32)
    assert str(check_ids(labels, 2, "m.png")) == (
        "m.png: class ids 3 (2 pixels), 255 (1 pixels), 999 (1 pixels); "
        "use 0..2, and 1000 for pixels to ignore"
    )
