"""Tables and arrays of earlier stages with other columns, numbers and sizes: read, or refused."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from tests.hostile.refusals import is_refused
from tests.hostile.tables import READERS, Tables

COLUMNS: dict[str, Any] = {
    "texts": lambda number: f"{number}",
    "fractions": lambda number: number + 0.5,
    "negative numbers": lambda number: -1 - number,
    "huge numbers": lambda number: 2**62 + number,
    "nothing": lambda _: None,
    "not numbers": lambda _: float("nan"),
    "infinity": lambda _: float("inf"),
    "lists": lambda number: [number],
    "long lists": lambda number: [number] * 9,
    "lists of several lengths": lambda number: [0] * (number % 3),
    "lists of texts": lambda number: [f"{number}"],
    "truths": lambda number: number % 2 == 0,
    "one and the same": lambda _: 0,
    "objects": lambda number: {"a": number},
}
"""Values that a column may hold instead, by the number of the row."""


def tables(good: pa.Table) -> Iterator[pa.Table]:
    """A table with a column too few or of other values, or with other rows."""
    yield good.slice(0, 0)
    yield good.slice(1)
    yield pa.concat_tables([good, good.slice(0, 1)])
    yield good.take(list(reversed(range(len(good)))))
    for number, name in enumerate(good.column_names):
        yield good.drop_columns([name])
        yield good.rename_columns([f"{old}{old == name or ''}" for old in good.column_names])
        for values in COLUMNS.values():
            yield good.set_column(number, name, [[values(row) for row in range(len(good))]])


def arrays(good: np.ndarray) -> Iterator[np.ndarray]:
    """An array of other numbers or another shape."""
    for kind in ("f2", "f8", "i4", "u1", "c8", "?", "U3", "O", "M8[s]"):
        yield good.astype(kind)
    yield from (good[:0], good[:, :0], good[1:], good[:, 1:], good[0], good[None], good.T)
    yield np.array(1.0)
    for value in (np.nan, np.inf, -1, 1e38, 0):
        yield np.full_like(good, value, dtype=np.float32)


def files(path: Path) -> Iterator[bytes]:
    """Damaged forms of a file."""
    data = path.read_bytes()
    yield from (b"", data[:-1], data[: len(data) // 2], data + b"x", bytes(len(data)))
    buffer = io.BytesIO()
    if path.suffix == ".parquet":
        for table in tables(pq.read_table(path)):
            pq.write_table(table, buffer := io.BytesIO())
            yield buffer.getvalue()
    elif path.suffix == ".npy":
        for array in arrays(np.load(path)):
            np.save(buffer := io.BytesIO(), array)
            yield buffer.getvalue()
    elif path.suffix == ".npz":
        with np.load(path) as loaded:
            good = dict(loaded)
        first = next(iter(good))
        for array in arrays(good[first]):
            np.savez(buffer := io.BytesIO(), **good | {first: array})
            yield buffer.getvalue()
        np.savez(buffer := io.BytesIO(), **{key: good[key] for key in list(good)[1:]})
        yield buffer.getvalue()
    else:
        lines = data.splitlines(keepends=True)
        yield from (b"".join(part) for part in (lines[1:], lines * 2, lines[::-1]))
        yield from (b"\xff" + data, data.replace(b"\n", b"\0"), data.replace(b"\n", b" \n\n"))


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Tables that nothing is wrong with, of twelve images."""
    root = tmp_path_factory.mktemp("good")
    write_synthetic(root / "set", per_class=(2, 1, 1))
    return Tables(root, open_images(locate(str(root / "set")), "train", root))


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.ComplexWarning")
@pytest.mark.parametrize("reader", READERS)
def test_damaged_tables_end_in_one_line(reader: str, good: Tables) -> None:
    name, read = READERS[reader]
    path = good.root / name
    data = path.read_bytes()
    assert not is_refused(read, good)
    damages, refused = list(files(path)), 0
    try:
        for damage in damages:
            path.write_bytes(damage)
            refused += is_refused(read, good)
    finally:
        path.write_bytes(data)
    print(f"{reader}: {refused} of {len(damages)} refused")
    assert refused > len(damages) / 5
