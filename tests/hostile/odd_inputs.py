"""A hundred odd things that a command may be given where it expects a file, a folder or a number.

Each is made in a folder of its own; what comes back is the text that stands on the command line.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.hostile.odd_files import picture

Build = Callable[[Path], str]


def file_of(contents: bytes, folder: Path) -> str:
    """A file of some contents."""
    path = folder / "file"
    path.write_bytes(contents)
    return str(path)


def link_to(target: str, folder: Path) -> str:
    """A link, which need not lead anywhere."""
    (folder / "link").symlink_to(target)
    return str(folder / "link")


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return str(folder / "pipe")


def listening_socket(folder: Path) -> str:
    # Its address may have 107 characters: fewer than the names of pytest's folders.
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("socket")
    finally:
        os.chdir(here)
    return str(folder / "socket")


def below_a_file(folder: Path) -> str:
    return f"{file_of(b'x', folder)}/below"


def folder_with(name: bytes | str, contents: bytes, folder: Path) -> str:
    """A folder of splits, and of folders of a class, in which lies one file."""
    for split in ("train", "validation", "test", "validation-segmentation", "c"):
        inside = os.path.join(os.fsencode(folder / split), b"c")
        os.makedirs(inside)
        with open(os.path.join(inside, os.fsencode(name)), "wb") as file:
            file.write(contents)
    return str(folder)


def folder_of(make: Build, name: str, folder: Path) -> str:
    """The same with something else than a file."""
    folder_with("x.JPEG", b"", folder)
    for inside in folder.glob("*/c"):
        (inside / "x.JPEG").unlink()
        os.rename(make(inside), inside / name)
    return str(folder)


def named(name: bytes | str, folder: Path) -> str:
    """An empty folder of an odd name."""
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    os.mkdir(path)
    return os.fsdecode(path)


PLACES: dict[str, Build] = {
    "empty folder": lambda folder: str(folder),
    "folder of a link loop": partial(folder_of, partial(link_to, "link"), "x.png"),
    "folder of dangling links": partial(folder_of, partial(link_to, "nowhere"), "x.png"),
    "folder of pipes": partial(folder_of, pipe, "x.png"),
    "folder of image pipes": partial(folder_of, pipe, "x.JPEG"),
    "folder of sockets": partial(folder_of, listening_socket, "x.png"),
    "folder of empty masks": partial(folder_with, "x.png", b""),
    "folder of pages": partial(folder_with, "x.png", b"<html>"),
    "folder of names that are not UTF-8": partial(folder_with, b"\xe9.png", picture("PNG")),
    "folder of images that are not UTF-8": partial(folder_with, b"\xe9.JPEG", picture("JPEG")),
    "folder of line breaks": partial(folder_with, "a\nb.png", picture("PNG")),
    "folder of hidden files": partial(folder_with, ".png", picture("PNG")),
    "folder named in Latin-1": partial(named, b"caf\xe9"),
    "folder named in brackets": partial(named, "[bold]x[b]"),
    "folder named with blanks": partial(named, " a b "),
    "folder named with a line break": partial(named, "a\nb"),
    "dangling link": partial(link_to, "nowhere"),
    "link to itself": partial(link_to, "link"),
    "link to a folder": partial(link_to, "."),
    "pipe": pipe,
    "socket": listening_socket,
    "path below a file": below_a_file,
}
"""Other places than files."""

DEVICES = ("/dev/zero", "/dev/null", "/dev/full", "/proc/self/mem", "/dev/stdin")
TEXTS = (
    *("", " ", "-", "~", "*", "%s", "$HOME", "{digest}", "{}", "[x]", "é", "\u202eabc", "😀"),
    *("a" * 300, "a/" * 3000, "a\nb", "a\tb", "\x1b[31m", os.fsdecode(b"caf\xe9")),
    *("../../../nowhere", "nowhere", "./nowhere/", "//nowhere"),
    *("http://example.org/set", "ftp://a/b", "file:///nowhere", "gs://a/b", "models:/a/1"),
    *("s3://", "s3:///", "s3://bucket", "s3://bucket/", "s3://bucket/set", "S3://bucket/set"),
    os.fsdecode(b"s3://bucket/caf\xe9"),
)
"""Names of what is not there, or nowhere."""

NUMBERS = (
    *(
        "-1",
        "0",
        "-0",
        "1.5",
        "1e3",
        "nan",
        "inf",
        "-inf",
        "",
        "x",
        "0x10",
        "1_0",
        "\N{ARABIC-INDIC DIGIT ONE}",
    ),
    *("99999999999999999999999", "4294967296", "1" * 5000),
)

SETTINGS = (
    *("", "=", "a", "a=1", "a.b=1", "pretrain=3", "pretrain.=3", ".epochs=3", "pretrain..epochs=3"),
    *(f"pretrain.epochs={value}" for value in NUMBERS),
    *("pretrain.epochs=[1]", "pretrain.epochs={}", "pretrain.epochs=null", "pretrain.epochs=true"),
    *("pretrain.views.sizes=[]", "pretrain.views.sizes=[-1]", "pretrain.views.sizes=[.nan]"),
    *("pretrain.optimiser.base_lr=.inf", "pretrain.optimiser.base_lr=1e999", "pretrain.x=[1"),
    *("a=&a [*a]", "a=!!python/object/apply:os.getcwd []", "a=" + "[" * 600, "a=2001-01-01"),
    *("a=\x00", "a=\udce9", "pretrain.compat=foo", "pretrain.network=resnet", "a={1: {2: 3}}"),
)
