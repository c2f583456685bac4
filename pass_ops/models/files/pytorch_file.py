"""Reads PyTorch's checkpoint files without PyTorch, and runs nothing that is pickled in them.

Since PyTorch 1.6 the file is a zip archive: `data.pkl` pickles a dictionary of tensors, whose
numbers are the files `data/0`, `data/1`, … Before, it was a row of pickles: a magic number, a
version, the machine's byte order, the dictionary, the storages' keys; then, for each of these, a
count and the numbers.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError, PassError
from pass_ops.models.files.pickled_tensor import STORAGES, PickledTensor, Storage
from pass_ops.models.files.unpickler import unpickle
from pass_ops.models.files.wrappers import Unwrapped, unwrap
from pass_ops.storage.opening import reason, regular_file

ADVICE = "give the official checkpoint file"
_MAGIC = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
_VERSION = 1001
_ORDERS: dict[bytes, Literal["<", ">"]] = {b"little": "<", b"big": ">"}


def read_pytorch(path: Path) -> Unwrapped:
    """The tensors of a checkpoint by name, unwrapped, as views of what the file holds.

    Raises:
        ArtifactError: the file isn't a checkpoint, is damaged, or asks for anything but tensors.
    """
    try:
        with open(regular_file(path), "rb") as file:
            if file.read(2 + len(_MAGIC))[2:] == _MAGIC:
                return _read_row(file)
            with zipfile.ZipFile(file) as archive:
                return _Archive(archive, path.stat().st_size).read()
    except OSError as error:
        raise ArtifactError(f"{path}: {reason(error)}; {ADVICE}") from error
    except zipfile.BadZipFile as error:
        raise ArtifactError(f"{path}: not a PyTorch checkpoint; {ADVICE}, whole") from error
    except PassError as error:
        raise ArtifactError(f"{path}: {error}; {ADVICE}") from error
    # Whatever a crafted or damaged pickle can raise, it is the file's fault.
    except Exception as error:
        raise ArtifactError(f"{path}: refused, {reason(error)}; {ADVICE}") from error


class _Archive:
    """A checkpoint in zip format.

    Args:
        archive: the file.
        size: its bytes, which all that is read may not exceed.
    """

    def __init__(self, archive: zipfile.ZipFile, size: int) -> None:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if not pickles:
            raise pickle.UnpicklingError("it has no data.pkl")
        self._archive, self._folder = archive, pickles[0].removesuffix("data.pkl")
        self._left = size
        said = f"{self._folder}byteorder" in archive.namelist()
        order = self._read("byteorder") if said else b"little"
        if order not in _ORDERS:
            raise pickle.UnpicklingError("its byte order is neither little nor big")
        self._order = _ORDERS[order]

    def read(self) -> Unwrapped:
        """The unwrapped tensors."""
        content, _ = unpickle(io.BytesIO(self._read("data.pkl")))
        inner = unwrap(content, PickledTensor)
        numbers = {
            storage: self._numbers(storage)
            for storage in {tensor.storage for tensor in inner.tensors.values()}
        }
        return _with_numbers(inner, numbers)

    def _numbers(self, storage: Storage) -> NDArray[Any]:
        dtype = STORAGES[storage.kind].newbyteorder(self._order)
        values: NDArray[Any] = np.frombuffer(self._read(f"data/{storage.key}"), dtype)
        _require_count(storage, len(values))
        return values

    def _read(self, name: str) -> bytes:
        """The bytes of a file of the archive, uncompressed, as PyTorch writes it."""
        entry = self._archive.getinfo(self._folder + name)
        # So nothing is larger in memory than in the file.
        if entry.compress_type != zipfile.ZIP_STORED:
            raise pickle.UnpicklingError(f"{name} is compressed")
        self._left -= entry.file_size
        if self._left < 0:
            raise pickle.UnpicklingError("its entries overlap")
        return self._archive.read(entry)


def _read_row(file: BinaryIO) -> Unwrapped:
    """The unwrapped tensors of a file in the older format, after its magic number."""
    version, _ = unpickle(file)
    machine, _ = unpickle(file)
    if version != _VERSION or not isinstance(machine, dict):
        raise pickle.UnpicklingError(f"its version is not {_VERSION}")
    if machine.get("little_endian") is not True:
        raise pickle.UnpicklingError("its byte order is not little")
    content, storages = unpickle(file)
    inner = unwrap(content, PickledTensor)
    keys, _ = unpickle(file)
    needed = {tensor.storage for tensor in inner.tensors.values()}
    numbers = {}
    for key in keys:
        storage = storages[key]
        _require_count(storage, int.from_bytes(file.read(8), "little", signed=True))
        dtype = STORAGES[storage.kind]
        if storage in needed:
            data = file.read(storage.length * dtype.itemsize)
            numbers[storage] = np.frombuffer(data, dtype)
            _require_count(storage, len(numbers[storage]))
        else:
            file.seek(storage.length * dtype.itemsize, 1)
    return _with_numbers(inner, numbers)


def _with_numbers(inner: Unwrapped, numbers: dict[Storage, NDArray[Any]]) -> Unwrapped:
    """Arrays, which are views, in the place of the pickled tensors.

    Args:
        inner: the pickled tensors.
        numbers: of each storage.
    """
    arrays = {name: tensor.view(numbers[tensor.storage]) for name, tensor in inner.tensors.items()}
    return inner._replace(tensors=arrays)


def _require_count(storage: Storage, count: int) -> None:
    if count != storage.length:
        raise pickle.UnpicklingError(
            f"storage {storage.key} holds {count} numbers, not {storage.length}"
        )
