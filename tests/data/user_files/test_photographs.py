"""Folders of photographs alone: what is taken, how it is split, and what is refused."""

from __future__ import annotations

import io
import os
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.layout import read_layout, scan_layout
from pass_ops.data.locate import locate
from pass_ops.data.packing.check import list_problems
from pass_ops.data.packing.pack import pack
from pass_ops.data.packing.tally import tally
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.user_files.photographs import is_photographs, split_of_each

SPLITS = ("train", "validation", "test")


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Thirty photographs in folders of two depths, in all formats, and what lies about there."""
    root = tmp_path / "album"
    rng = np.random.default_rng(31)
    for number in range(30):
        ending = (".jpg", ".JPEG", ".png", ".webp", ".TIF", ".bmp")[number % 6]
        folder = root / ("", "trip", "trip/day 1")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 255, (24, 32, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}{ending}", lossless=True)
    (root / ".DS_Store").write_bytes(b"finder")
    (root / "trip" / "notes.txt").write_text("rain")
    (root / "trip" / "film.mov").write_bytes(b"film")
    return root


def test_everything_is_found_and_split(album: Path, tmp_path: Path) -> None:
    pointer = locate(str(album))
    assert pointer.categories == 0
    assert pointer.counts == {"train": 24, "validation": 3, "test": 3}
    counts, *passed = tally(str(album), tmp_path).lines()
    assert counts == (
        "no classes, no masks; train 24 photographs; validation 3 photographs; test 3 photographs"
    )
    assert {line.rpartition("/")[2] for line in passed} == {".DS_Store", "notes.txt", "film.mov"}


def test_names_and_folders_change_nothing(album: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for number, path in enumerate(sorted(album.rglob("*.*"), reverse=True)):
        if path.suffix.lower() not in (".mov", ".txt") and not path.name.startswith("."):
            shutil.copy(path, other / f"{number:03}{path.suffix}")
    for split in SPLITS:
        assert [entry.key for entry in read_layout(other).splits[split]] == [
            entry.key for entry in read_layout(album).splits[split]
        ]


def test_packed_set_has_the_pixels_and_the_names(album: Path, tmp_path: Path) -> None:
    located, packed = locate(str(album)), pack(album, str(tmp_path / "packed"))
    assert packed.counts == located.counts
    assert list_problems(packed.uri, tmp_path) == []
    files = {path.relative_to(album).as_posix(): path for path in album.rglob("*.*")}
    for pointer in (packed, located):
        for split in SPLITS:
            images = open_images(pointer, split, tmp_path)
            truth = open_ground_truth(with_clusters(pointer), split, tmp_path)
            assert not truth.has_classes
            assert not truth.has_masks
            assert truth.categories == ("cluster 0", "cluster 1")
            for key in truth.keys:
                assert np.array_equal(images.image(key), Image.open(files[truth.path(key)]))


def with_clusters(pointer: DatasetPointer) -> DatasetPointer:
    """The pointer as it is after two clusters were made."""
    return DatasetPointer(
        uri=pointer.uri, digest=pointer.digest, categories=0, counts=pointer.counts, clusters=2
    )


def test_copies_stay_in_one_split_under_keys_of_their_own(album: Path) -> None:
    entry = read_layout(album).splits["test"][0]
    shutil.copy(entry.image, album / f"copy{entry.image.suffix}")
    shutil.copy(entry.image, album / "trip" / f"copy{entry.image.suffix}")
    splits = read_layout(album).splits
    assert [other.sha256 for other in splits["test"]].count(entry.sha256) == 3
    keys = [other.key for entries in splits.values() for other in entries]
    assert len(set(keys)) == len(keys) == 32


def test_links_in_a_circle_end(album: Path) -> None:
    os.symlink(album, album / "trip" / "back")
    assert sum(map(len, read_layout(album).splits.values())) == 30


@given(st.integers(3, 500))
def test_no_split_is_empty_and_one_more_moves_one_at_most(count: int) -> None:
    sizes, larger = Counter(split_of_each(count)), Counter(split_of_each(count + 1))
    assert all(sizes[split] for split in SPLITS)
    assert sizes["validation"] == sizes["test"] == -(-count // 10)
    assert larger["validation"] - sizes["validation"] in (0, 1)


def remove(root: Path) -> None:
    for path in sorted(root.rglob("*.*"))[3:]:
        path.unlink()
    for path in list(root.rglob("*.*"))[1:]:
        path.unlink()


def cut(root: Path) -> None:
    path = root / "trip" / "4.TIF"
    path.parent.joinpath("4.TIF").write_bytes(path.read_bytes()[:800])


def rename_all(root: Path) -> None:
    for path in [path for path in root.rglob("[0-9]*.*") if path.is_file()]:
        path.rename(path.with_suffix(".HEIC"))


def repeat(root: Path) -> None:
    remove(root)
    (only,) = (path for path in root.rglob("*.*") if path.suffix == ".jpg")
    for number in range(4):
        shutil.copy(only, root / f"copy{number}.jpg")


def break_beginning(root: Path) -> None:
    path = root / "0.jpg"
    path.write_bytes(b"\0\0\0" + path.read_bytes()[3:])


def rename_another_format(root: Path) -> None:
    (root / "0.jpg").write_bytes(b"\0\0\0\x18ftypheic")


def deepen(root: Path) -> None:
    Image.fromarray(np.zeros((9, 9), np.uint16)).save(root / "deep.tif")


def hide_names(root: Path) -> None:
    os.rename(root / "trip", bytes(root) + b"/tr\xffp")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (remove, "1 photographs in it; name a folder with 3 different photographs at least"),
        (rename_all, "0 photographs in it, and 32 other files (.heic, .mov, .txt); name a folder"),
        (repeat, "1 different photographs in it; name a folder with 3 different photographs at"),
        (cut, "4.TIF: unreadable or truncated"),
        (break_beginning, "no JPEG, PNG, WebP, TIFF or BMP, or its beginning is damaged; replace"),
        (rename_another_format, "the image is a HEIC; store it as 8-bit JPEG, PNG, WebP, TIFF or "),
        (deepen, "deep.tif: the image is a TIFF of more than 8 bits a channel"),
        (hide_names, "the name is not UTF-8"),
    ],
)
def test_refusals(
    album: Path, tmp_path: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(album)
    assert any(message in problem for problem in list_problems(str(album), tmp_path))


def test_one_split_makes_it_no_folder_of_photographs(album: Path) -> None:
    (album / "validation-segmentation").mkdir()
    assert not is_photographs(album)
    _, problems = scan_layout(album)
    assert f"{album}/test: this split is missing" in str(min(problems))


def test_an_animation_gives_its_first_picture(album: Path) -> None:
    first, second = (np.full((8, 8, 3), grey, np.uint8) for grey in (10, 200))
    buffer = io.BytesIO()
    Image.fromarray(first).save(
        buffer, "WEBP", save_all=True, append_images=[Image.fromarray(second)], lossless=True
    )
    (album / "moving.webp").write_bytes(buffer.getvalue())
    layout = read_layout(album)
    (entry,) = [
        entry
        for entries in layout.splits.values()
        for entry in entries
        if entry.stem == "moving.webp"
    ]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(entry.read()))), first)
