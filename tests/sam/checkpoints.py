"""Files as PyTorch writes them, and crafted ones, without PyTorch."""

from __future__ import annotations

import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from math import prod
from pathlib import Path
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

STORAGES = {"<f4": "FloatStorage", "<f2": "HalfStorage", "<f8": "DoubleStorage"}


class Storage:
    """Stands for the numbers of a tensor; pickled as a reference to a file of the archive.

    Args:
        key: name of the file.
        values: the numbers.
    """

    def __init__(self, key: str, values: NDArray[Any]) -> None:
        self.key, self.values = key, values


class Tensor:
    """Pickled as the call that rebuilds it.

    Args:
        storage: its numbers.
        offset: index of its first.
        shape, strides: its; strides in numbers.
    """

    def __init__(
        self, *, storage: Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
    ) -> None:
        self.call = (storage, offset, shape, strides, False, OrderedDict())

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.modules["torch._utils"]._rebuild_tensor_v2, self.call


class _Pickler(pickle.Pickler):
    """Writes storages as references to files of the archive."""

    def persistent_id(self, obj: Any) -> Any:
        """The reference, for a storage; None for all that is pickled itself."""
        if isinstance(obj, Storage):
            kind = getattr(sys.modules["torch"], STORAGES[obj.values.dtype.str])
            return "storage", kind, obj.key, "cpu", obj.values.size
        return None


def tensor(key: str, values: NDArray[Any]) -> Tensor:
    """A contiguous tensor with a storage of its own.

    Args:
        key: name of the storage's file.
        values: the tensor's.
    """
    strides = tuple(prod(values.shape[axis + 1 :]) for axis in range(values.ndim))
    return Tensor(
        storage=Storage(key, values.ravel()), offset=0, shape=values.shape, strides=strides
    )


def write_checkpoint(path: Path, arrays: dict[str, NDArray[Any]]) -> Path:
    """A checkpoint, with the metadata that PyTorch puts beside the tensors.

    Args:
        path: file to write.
        arrays: the tensors by name.
    """
    names: Any = OrderedDict(
        (name, tensor(str(index), values)) for index, (name, values) in enumerate(arrays.items())
    )
    names._metadata = OrderedDict({"": {"version": 1}})
    return write_archive(
        path=path,
        content=names,
        storages={str(index): values for index, values in enumerate(arrays.values())},
    )


def write_archive(
    *,
    path: Path,
    content: Any,
    storages: dict[str, NDArray[Any]],
    compression: int = zipfile.ZIP_STORED,
) -> Path:
    """An archive as PyTorch writes it.

    Args:
        path: file to write.
        content: to be pickled; bytes are written as they are.
        storages: numbers by the names of their files.
        compression: of the files in the archive.
    """
    buffer = BytesIO()
    if isinstance(content, bytes):
        buffer.write(content)
    else:
        with _stand_ins():
            _Pickler(buffer, protocol=2, fix_imports=False).dump(content)
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        for key, values in storages.items():
            archive.writestr(f"archive/data/{key}", values.tobytes())
    return path


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Modules that pickle finds PyTorch's names in."""
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    for name in STORAGES.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    def rebuild() -> None:
        """Never called: only its name is pickled."""

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = rebuild  # type: ignore[attr-defined]  # A made-up module.
    saved = {name: sys.modules.get(name) for name in ("torch", "torch._utils")}
    sys.modules.update({"torch": torch, "torch._utils": utils})
    try:
        yield
    finally:
        for name, module in saved.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
