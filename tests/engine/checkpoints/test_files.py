"""One checkpoint on disk."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.engine.checkpoints.files import (
    MANIFEST,
    Manifest,
    checkpoint_name,
    parse_manifest,
    read_manifest,
    read_snapshot,
    write_checkpoint,
)
from pass_ops.engine.checkpoints.identity import Identity
from pass_ops.engine.checkpoints.snapshot import Snapshot
from pass_ops.errors import ArtifactError

IDENTITY = Identity(stage="pretrain", settings={"epochs": "12"}, data="d", code="c")


def manifest(**changes: object) -> Manifest:
    values = {"identity": IDENTITY, "epoch": 1, "step": 7, "values": {"a": [1.5]}}
    return Manifest(**values | {"arrays": "", "kept": {}} | changes)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    arrays = {"b": rng.random((3, 4), dtype=np.float32), "a": np.arange(5), "c": np.zeros((0, 2))}
    # Digits that a decimal fraction does not have.
    values = {"steps": [{"loss": 0.1 + 0.2}], "nothing": None}
    folder = tmp_path / checkpoint_name(7)
    write_checkpoint(folder, Snapshot(arrays=arrays, values=values), manifest(values=values))
    found = read_manifest(folder)
    snapshot = read_snapshot(folder, tmp_path, found)
    assert found == manifest(values=values, arrays=found.arrays)
    assert snapshot.values == values
    assert {name: array.dtype for name, array in snapshot.arrays.items()} == {
        name: array.dtype for name, array in arrays.items()
    }
    for name, array in arrays.items():
        np.testing.assert_array_equal(snapshot.arrays[name], array)


def test_names_sort_as_steps_do() -> None:
    steps = [0, 9, 10, 99_999, 123_456_789]
    assert sorted(map(checkpoint_name, reversed(steps))) == list(map(checkpoint_name, steps))


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A manifest's bytes."""
    folder = tmp_path_factory.mktemp("files") / checkpoint_name(7)
    write_checkpoint(folder, Snapshot(), manifest())
    return (folder / MANIFEST).read_bytes()


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_manifest_with_a_flipped_bit_is_the_same_or_refused(
    content: bytes, place: int, bit: int
) -> None:
    changed = bytearray(content)
    changed[place % len(changed)] ^= 1 << bit
    found = None
    with suppress(ArtifactError):
        found = parse_manifest(bytes(changed), "it")
    assert found in (None, parse_manifest(content, "it"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "7", "[" * 100_000, '{"sha256": 1, "format": 1}', "\0"]
)
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ArtifactError, match="it: a damaged checkpoint"):
        parse_manifest(text.encode(), "it")


@pytest.mark.parametrize(
    "name",
    ["../a/b", "/a/b", "a/../b", "..", "a", "a/b/c", "./b", "a/..", ".a/b", "a/b\n"],
)
def test_a_manifest_names_no_file_elsewhere(tmp_path: Path, name: str) -> None:
    folder = tmp_path / checkpoint_name(7)
    write_checkpoint(folder, Snapshot(), manifest(kept={name: "0"}))
    with pytest.raises(ArtifactError, match="kept weights elsewhere"):
        read_manifest(folder)


def test_a_format_to_come_is_refused(content: bytes) -> None:
    fields = json.loads(content) | {"format": 3}
    with pytest.raises(ArtifactError):
        parse_manifest(json.dumps(fields).encode(), "it")
