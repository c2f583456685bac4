"""PyTorch's files without PyTorch, and what is no checkpoint."""

from __future__ import annotations

import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.models.files.pytorch_file import read_pytorch
from pass_ops.models.files.tensors import BFLOAT16, Arrays, to_float32
from tests.models.files.checkpoints import (
    Parameter,
    Storage,
    Tensor,
    named,
    numbered,
    tensor,
    write_archive,
    write_checkpoint,
    write_row,
)

VALUES = np.arange(12, dtype=np.float32)


class Call:
    """Pickled as a call.

    Args:
        function: what is called.
        arguments: with what.
    """

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.reduced = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.reduced


def read_checkpoint(path: Path) -> Arrays:
    """The tensors as float32."""
    return to_float32(read_pytorch(path).tensors, path)


def refusal(path: Path) -> str:
    """The message of the error, which is one line and names the file."""
    with pytest.raises(ArtifactError) as caught:
        read_checkpoint(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize("dtype", ["<f4", "<f2", "<f8"])
def test_tensors_come_back_as_float32(tmp_path: Path, dtype: str) -> None:
    arrays = {
        "a.weight": VALUES.reshape(3, 4).astype(dtype),
        "a.bias": VALUES[:4].astype(dtype),
        "scale": VALUES[5:6].astype(dtype),
    }
    read = read_checkpoint(write_checkpoint(tmp_path / "model.pth", arrays))
    assert list(read) == list(arrays)
    for name, values in arrays.items():
        assert read[name].dtype == np.float32
        np.testing.assert_array_equal(read[name], values)


def test_bfloat16_and_integers_are_read(tmp_path: Path) -> None:
    halves = (VALUES.view(np.uint32) >> 16).astype("<u2").view(BFLOAT16)
    counter = np.array([7], "<i8")
    arrays = {"a": halves.reshape(3, 4), "counter": counter}
    tensors = read_pytorch(write_checkpoint(tmp_path / "model.pth", arrays)).tensors
    np.testing.assert_array_equal(to_float32({"a": tensors["a"]}, "file")["a"].ravel(), VALUES)
    np.testing.assert_array_equal(tensors["counter"], counter)


@pytest.mark.parametrize("dtype", ["f4", "f2", "f8"])
def test_the_byte_order_is_the_files(tmp_path: Path, dtype: str) -> None:
    for order, sign in (("little", "<"), ("big", ">")):
        path = write_archive(
            path=tmp_path / order,
            content={"a": tensor("0", VALUES.astype(f"<{dtype}"))},
            storages={"0": VALUES.astype(f"{sign}{dtype}")},
            order=order,
        )
        np.testing.assert_array_equal(read_checkpoint(path)["a"], VALUES)
    path = write_archive(path=tmp_path / "odd", content={}, storages={}, order="middle")
    assert "byte order is neither little nor big" in refusal(path)


def test_the_older_format_is_read(tmp_path: Path) -> None:
    arrays = {"a": VALUES.reshape(3, 4), "b": VALUES[:2].astype("<f2"), "n": np.array([5], "<i8")}
    content = {"state_dict": named(arrays), "optimizer": {"state": {0: tensor("9", VALUES)}}}
    storages = {**numbered(arrays), "9": VALUES}
    path = write_row(path=tmp_path / "old.pth.tar", content=content, storages=storages)
    read = read_pytorch(path)
    assert read.wrapping == ("key state_dict",)
    assert read.tensors.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(read.tensors[name], values)


def test_a_damaged_file_in_the_older_format_is_refused(tmp_path: Path) -> None:
    content, storages = {"a": tensor("0", VALUES)}, {"0": VALUES}
    path = write_row(path=tmp_path / "old.pth", content=content, storages=storages)
    whole = path.read_bytes()
    for length in (15, 30, 100, len(whole) - len(VALUES.tobytes()) - 4, len(whole) - 1):
        path.write_bytes(whole[:length])
        refusal(path)
    path = write_row(path=tmp_path / "big.pth", content=content, storages=storages, little=False)
    assert "byte order is not little" in refusal(path)
    path = write_row(path=tmp_path / "short.pth", content=content, storages={"0": VALUES[1:]})
    assert "storage 0 holds 11 numbers, not 12" in refusal(path)
    path = write_row(path=tmp_path / "gap.pth", content=content, storages={})
    assert "refused" in refusal(path)


def test_parameters_are_tensors(tmp_path: Path) -> None:
    content = {"a": Parameter(tensor("0", VALUES))}
    path = write_archive(path=tmp_path / "p.pth", content=content, storages={"0": VALUES})
    np.testing.assert_array_equal(read_checkpoint(path)["a"], VALUES)


def test_tensors_that_share_a_storage_take_its_memory_once(tmp_path: Path) -> None:
    shared = Storage("0", VALUES)
    content = {
        str(index): Tensor(storage=shared, offset=0, shape=(12,), strides=(1,))
        for index in range(500)
    }
    path = write_archive(path=tmp_path / "shared.pth", content=content, storages={"0": VALUES})
    tensors = list(read_pytorch(path).tensors.values())
    assert all(np.shares_memory(tensors[0], other) for other in tensors)


def test_what_is_not_needed_is_not_read(tmp_path: Path) -> None:
    content = {"model": {"a": tensor("0", VALUES)}, "ema": {"a": tensor("7", VALUES)}}
    path = write_archive(path=tmp_path / "gap.pth", content=content, storages={"0": VALUES})
    np.testing.assert_array_equal(read_checkpoint(path)["a"], VALUES)


def test_a_tensor_may_be_part_of_a_storage(tmp_path: Path) -> None:
    part = Tensor(storage=Storage("0", VALUES), offset=2, shape=(2, 3), strides=(3, 1))
    read = read_checkpoint(
        write_archive(path=tmp_path / "part.pth", content={"part": part}, storages={"0": VALUES})
    )
    np.testing.assert_array_equal(read["part"], VALUES[2:8].reshape(2, 3))


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (os.system, ("touch {marker}",), f"{os.system.__module__}.system"),
        (eval, ("open('{marker}', 'w')",), "builtins.eval"),
        (getattr, (OrderedDict, "fromkeys"), "builtins.getattr"),
        (pickle.loads, (b"cos\nsystem\n.",), "_pickle.loads"),
        (np.dtype, ("f4",), "numpy.dtype"),
    ],
)
@pytest.mark.parametrize("place", ["alone", "among tensors", "as a tensor's hooks"])
def test_a_crafted_file_is_refused_and_runs_nothing(
    tmp_path: Path, function: Any, arguments: tuple[Any, ...], name: str, place: str
) -> None:
    marker = tmp_path / "marker"
    call = Call(
        function,
        *(text.format(marker=marker) if isinstance(text, str) else text for text in arguments),
    )
    good = tensor("0", VALUES)
    if place == "as a tensor's hooks":
        good.call = (*good.call[:-1], call)  # type: ignore[assignment]  # Wrong on purpose.
    content = {
        "alone": call,
        "among tensors": OrderedDict(a=good, b=call),
        "as a tensor's hooks": OrderedDict(a=good),
    }[place]
    message = refusal(
        write_archive(path=tmp_path / "evil.pth", content=content, storages={"0": VALUES})
    )
    assert f"it wants to call {name}" in message
    assert not marker.exists()


@pytest.mark.parametrize(
    "known",
    [b"torch._utils\n_rebuild_tensor_v2", b"torch\nFloatStorage", b"collections\nOrderedDict"],
)
@pytest.mark.parametrize(
    "state", [b"}U\x01aK\x01s", b"N}U\x01aK\x01s\x86", b"N}U\x09__class__K\x01s\x86"]
)
def test_what_is_known_cannot_be_changed(tmp_path: Path, known: bytes, state: bytes) -> None:
    path = write_archive(
        path=tmp_path / "evil.pth",
        content=b"\x80\x02c" + known + b"\n" + state + b"b.",
        storages={},
    )
    assert "refused" in refusal(path)
    assert not hasattr(OrderedDict, "a")


@pytest.mark.parametrize("name", ["OrderedDict.fromkeys", "OrderedDict.__init__"])
def test_attributes_of_what_is_known_are_not(tmp_path: Path, name: str) -> None:
    code = (
        b"\x80\x04"
        + b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in ("collections", name))
        + b"\x93."
    )
    assert f"collections.{name}" in refusal(
        write_archive(path=tmp_path / "evil.pth", content=code, storages={})
    )


def test_a_long_reason_is_cut(tmp_path: Path) -> None:
    code = b"\x80\x02cos\n" + b"x" * 10**5 + b"\n."
    assert len(refusal(write_archive(path=tmp_path / "evil.pth", content=code, storages={}))) < 400


@pytest.mark.parametrize(
    ("offset", "shape", "strides"),
    [
        (1, (3, 4), (4, 1)),
        (-1, (2, 2), (2, 1)),
        (0, (-1, 4), (4, 1)),
        (0, (4, 3), (1, 4)),
        (0, (2, 2), (2,)),
        (0, (2, 2), (0, 0)),
        (0, (2.0, 6), (6, 1)),
        (0, ("a", 10**6), (10**6, 1)),
        (0, (1,) * 9, (1,) * 9),
        (0, (1,) * 10**5, (1,) * 10**5),
        (0, (2**62, 2**62, 0), (0, 0, 1)),
    ],
)
def test_tensors_that_do_not_fit_their_storage_are_refused(
    tmp_path: Path, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> None:
    bad = Tensor(storage=Storage("0", VALUES), offset=offset, shape=shape, strides=strides)
    assert "refused" in refusal(
        write_archive(path=tmp_path / "bad.pth", content={"a": bad}, storages={"0": VALUES})
    )


def test_a_storage_of_another_length_is_refused(tmp_path: Path) -> None:
    path = write_archive(
        path=tmp_path / "short.pth", content={"a": tensor("0", VALUES)}, storages={"0": VALUES[:-1]}
    )
    assert "storage 0 holds 11 numbers, not 12" in refusal(path)


def test_a_missing_storage_is_refused(tmp_path: Path) -> None:
    assert "data/7" in refusal(
        write_archive(
            path=tmp_path / "gap.pth", content={"a": tensor("7", VALUES)}, storages={"0": VALUES}
        )
    )


def test_a_compressed_archive_is_refused(tmp_path: Path) -> None:
    path = write_archive(
        path=tmp_path / "small.pth",
        content={"a": tensor("0", VALUES)},
        storages={"0": VALUES},
        compression=zipfile.ZIP_DEFLATED,
    )
    assert "compressed" in refusal(path)


@pytest.mark.parametrize("content", [[1, 2], {"a": 1}, {3: tensor("0", VALUES)}])
def test_something_else_than_named_tensors_is_refused(tmp_path: Path, content: Any) -> None:
    assert "something else than named tensors" in refusal(
        write_archive(path=tmp_path / "else.pth", content=content, storages={"0": VALUES})
    )


def test_files_that_are_no_checkpoint_are_refused(tmp_path: Path) -> None:
    whole = write_checkpoint(tmp_path / "whole.pth", {"a": VALUES}).read_bytes()
    for name, data in (
        ("empty", b""),
        ("text", b"hello"),
        ("half", whole[: len(whole) // 2]),
        ("plain", pickle.dumps({"a": 1})),
    ):
        path = tmp_path / name
        path.write_bytes(data)
        assert "not a PyTorch checkpoint" in refusal(path)
    assert "No such file" in refusal(tmp_path / "absent.pth")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("readme", "no tensors")
    assert "no data.pkl" in refusal(tmp_path / "other.zip")
