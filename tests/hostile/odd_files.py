"""Files that a command may be given where it expects something else, by what is in them."""

from __future__ import annotations

import io
import json
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


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
    fields = {"uri": "/nowhere", "digest": "0a" * 32, "categories": 2, "counts": {"validation": 1}}
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
    "json lone surrogate": pointer(uri="\ud800"),
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
