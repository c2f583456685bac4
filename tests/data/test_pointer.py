"""The JSON that stands for a data set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import DataError

POINTER = DatasetPointer(
    uri="s3://data/abc",
    digest="0a" * 32,
    categories=6,
    counts={"train": 120, "validation": 36, "test": 48},
)


def test_round_trip(tmp_path: Path) -> None:
    POINTER.save(tmp_path / "data")
    assert DatasetPointer.load(tmp_path / "data") == POINTER


def test_numbers_that_became_floats_on_the_way(tmp_path: Path) -> None:
    fields = json.loads(POINTER.to_json())
    fields["categories"], fields["counts"]["train"] = 6.0, 120.0
    (tmp_path / "data").write_text(json.dumps(fields))
    loaded = DatasetPointer.load(tmp_path / "data")
    assert loaded == POINTER
    assert isinstance(loaded.categories, int)
    assert isinstance(loaded.counts["train"], int)


def fields(categories: str = "6", counts: str = '{"train": 1}', digest: str = "0a" * 32) -> str:
    """A pointer's text with these values."""
    return f'{{"uri": "a", "digest": "{digest}", "categories": {categories}, "counts": {counts}}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        "[" * 100_000,
        *(fields(categories=number) for number in ('"six"', '"6"', "6.5", "1e400", "-6", "true")),
        *(
            fields(digest=digest)
            for digest in ("", "../" * 20 + "abcd", "0A" * 32, "0a" * 32 + "/x")
        ),
        *(fields(counts=counts) for counts in ('{"train": 1.5}', '{"train": 1, "train": 2}', "[]")),
    ],
)
def test_file_that_is_no_pointer(tmp_path: Path, text: str) -> None:
    path = tmp_path / "data"
    path.write_text(text)
    with pytest.raises(DataError) as raised:
        DatasetPointer.load(path)
    assert str(raised.value) == (
        f"{path}: not a data set pointer; "
        "name a folder in ImageNet-S layout, a packed set or its pointer.json"
    )


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        DatasetPointer.load(tmp_path / "data")
