"""A hundred odd things that a command may be given where it expects a file, a folder or a number.

Each is made in a folder of its own; what comes back is the text that stands on the command line.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import socket
import struct
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

Build = Callable[[Path], str]


def picture(form: str, mode: str = "RGB") -> bytes:
    """A picture of 8 × 6 pixels."""
    buffer = io.BytesIO()
    Image.new(mode, (8, 6), 7 if mode != "RGB" else (7, 8, 9)).save(buffer, form)
    return buffer.getvalue()


def archive(**files: bytes) -> bytes:
    """A zip archive; `__` in a name stands for a slash."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, data in files.items():
            target.writestr(name.replace("__", "/"), data)
    return buffer.getvalue()


def tar(form: str) -> bytes:
    """A tar archive of one file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{form}") as target:
        target.addfile(tarfile.TarInfo("train/a.JPEG"))
    return buffer.getvalue()


def npy(values: object) -> bytes:
    """An array as NumPy saves it, pickled if it must be."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(values))
    return buffer.getvalue()


def npz() -> bytes:
    """Arrays in NumPy's archive."""
    buffer = io.BytesIO()
    np.savez(buffer, a=np.zeros(3))
    return buffer.getvalue()


def parquet(columns: dict[str, list[object]]) -> bytes:
    """A table."""
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def safetensors(header: dict[str, object], data: bytes = b"") -> bytes:
    """Tensors as safetensors has them, whatever the header says."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def pointer(**changes: object) -> bytes:
    """A data set's pointer that points to nothing good."""
    fields = {"uri": "/nowhere", "digest": "0", "categories": 2, "counts": {"validation": 1}}
    return json.dumps(fields | changes).encode()


HUGE_NPY = npy(np.zeros(3)).replace(b"(3,)", b"(3000000000000,)").replace(b" " * 12 + b"\n", b"\n")
TENSOR = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}

CONTENTS: dict[str, bytes] = {
    "empty": b"",
    "zero byte": b"\0",
    "zeros": bytes(5000),
    "noise": np.random.default_rng(1).bytes(5000),
    "text": b"hello\n",
    "no line break": b"hello",
    "long line": b"x" * 100_000,
    "html": b"<html><title>404</title></html>",
    "utf-16": "categories\n".encode("utf-16"),
    "latin-1": "caf\xe9\n".encode("latin-1"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "escapes": b"\x1b[31mred\x1b[0m\n",
    "csv": b"key,label\na,1\n",
    "yaml": b"a: [1, 2\n",
    "yaml aliases": b"a: &a [*a]\n",
    "json object": b"{}",
    "json array": b"[]",
    "json array of objects": b"[{}]",
    "json number": b"1",
    "json text": b'"x"',
    "json null": b"null",
    "json nan": b"NaN",
    "json infinity": b'{"0": 0, "1": 1e999}',
    "json cut": b'{"uri": ',
    "json nested": b"[" * 100_000,
    "json huge number": b'{"1": ' + b"9" * 5000 + b"}",
    "json twice the same key": b'{"1": 1, "1": 2}',
    "json lone surrogate": b'{"uri": "\\ud800", "digest": "", "categories": 1, "counts": {}}',
    "match of three": b'{"0": 0, "1": 2, "2": 1, "3": 3}',
    "match with nan": b'{"0": 0, "1": NaN}',
    "match with fractions": b'{"0": 0, "1": 1.5, "2": 2}',
    "match with a negative class": b'{"0": 0, "1": -1}',
    "pointer to nowhere": pointer(),
    "pointer to nothing": pointer(uri=""),
    "pointer to a device": pointer(uri="/dev/zero"),
    "pointer to itself": pointer(uri="."),
    "pointer to the internet": pointer(uri="https://example.org/set"),
    "pointer to s3": pointer(uri="s3://bucket/set"),
    "pointer with a null byte": pointer(uri="a\0b"),
    "pointer with a line break": pointer(uri="a\nb"),
    "pointer with negative counts": pointer(counts={"validation": -1}),
    "pointer with negative classes": pointer(categories=-1),
    "pointer with infinite classes": pointer(categories=float("inf")),
    "pointer with too many classes": pointer(categories=10**30),
    "pointer without splits": pointer(counts={}),
    "pointer with a list of counts": pointer(counts=[1]),
    "zip": archive(**{"train__a.JPEG": picture("JPEG")}),
    "zip cut": archive(a=b"x" * 100)[:-30],
    "zip of no pickle": archive(**{"archive__data.pkl": b"no pickle"}),
    "zip of a pickle": archive(**{"archive__data.pkl": pickle.dumps({"a": print})}),
    "zip with a wrong checksum": archive(a=b"contents").replace(b"contents", b"CONTENTS"),
    "tar": tar(""),
    "tar gz": tar("gz"),
    "png": picture("PNG"),
    "png cut": picture("PNG")[:-20],
    "png header": picture("PNG")[:30],
    "png 16 bits": picture("PNG", "I;16"),
    "png palette": picture("PNG", "P"),
    "jpeg": picture("JPEG"),
    "jpeg cut": picture("JPEG")[:-40],
    "gif": picture("GIF"),
    "bmp": picture("BMP"),
    "tiff": picture("TIFF"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "parquet": parquet({"key": ["a"], "label": [1.5]}),
    "parquet of labels": parquet({"key": ["a", "a"], "label": [0, 1], "label_space": ["x", "y"]}),
    "parquet of lists": parquet({"key": [["a"]], "label": [[1]], "label_space": [["x"]]}),
    "parquet without rows": parquet({"key": [], "label": []}),
    "parquet cut": parquet({"key": ["a"]})[:-9],
    "safetensors": safetensors({"a": TENSOR}, bytes(8)),
    "safetensors cut": safetensors({"a": TENSOR}, bytes(4)),
    "safetensors bf16": safetensors({"a": {**TENSOR, "dtype": "BF16", "shape": [4]}}, bytes(8)),
    "safetensors overlapping": safetensors({"a": TENSOR, "b": TENSOR}, bytes(8)),
    "safetensors with nan": safetensors({"a": TENSOR}, struct.pack("<2f", np.nan, np.inf)),
    "safetensors huge header": struct.pack("<Q", 2**62) + b"{}",
    "npy": npy(np.zeros((2, 3), np.float32)),
    "npy of nan": npy(np.full((2, 3), np.nan, np.float32)),
    "npy of texts": npy(["a", "b"]),
    "npy of objects": npy([{}, None]),
    "npy of one number": npy(1.0),
    "npy cut": npy(np.zeros((20, 30)))[:-9],
    "npy of terabytes": HUGE_NPY,
    "npz": npz(),
    "pickle": pickle.dumps({"a": print}),
    "program": b"\x7fELF" + bytes(200),
    "sqlite": b"SQLite format 3\0" + bytes(200),
}
"""Files by what is in them."""


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
