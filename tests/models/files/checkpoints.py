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

STORAGES = {
    "<f4": "FloatStorage",
    "<f2": "HalfStorage",
    "<f8": "DoubleStorage",
    "<i8": "LongStorage",
    "|V2": "BFloat16Storage",
}
MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


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


class Parameter:
    """A tensor that was saved as a trainable parameter.

    Args:
        tensor: its values.
    """

    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor

    def __reduce__(self) -> tuple[Any, ...]:
        function = sys.modules["torch._utils"]._rebuild_parameter
        return function, (self.tensor, True, OrderedDict())


class _Pickler(pickle.Pickler):
    """Writes storages as references to files of the archive, or to what follows in a row."""

    view: tuple[None, ...] = ()

    def persistent_id(self, obj: Any) -> Any:
        """The reference, for a storage; None for all that is pickled itself."""
        if isinstance(obj, Storage):
            kind = getattr(sys.modules["torch"], STORAGES[obj.values.dtype.str])
            return "storage", kind, obj.key, "cpu", obj.values.size, *self.view
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
    return write_archive(path=path, content=named(arrays), storages=numbered(arrays))


def named(arrays: dict[str, NDArray[Any]]) -> Any:
    """A state dictionary of tensors, as PyTorch's modules give it."""
    names: Any = OrderedDict(
        (name, tensor(str(index), values)) for index, (name, values) in enumerate(arrays.items())
    )
    names._metadata = OrderedDict({"": {"version": 1}})
    return names


def numbered(arrays: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The storages of `named` by their keys."""
    return {str(index): values for index, values in enumerate(arrays.values())}


def write_archive(
    *,
    path: Path,
    content: Any,
    storages: dict[str, NDArray[Any]],
    compression: int = zipfile.ZIP_STORED,
    order: str = "",
) -> Path:
    """An archive as PyTorch writes it.

    Args:
        path: file to write.
        content: to be pickled; bytes are written as they are.
        storages: numbers by the names of their files.
        compression: of the files in the archive.
        order: of the bytes, as newer versions say it: little or big; "" to say nothing.
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
        if order:
            archive.writestr("archive/byteorder", order)
    return path


def write_row(
    *, path: Path, content: Any, storages: dict[str, NDArray[Any]], little: bool = True
) -> Path:
    """A file as PyTorch wrote it before version 1.6: a row of pickles, then the storages.

    Args:
        path: file to write.
        content: to be pickled.
        storages: numbers by the keys of their storages.
        little: whether the file says that the machine's byte order is.
    """
    sizes = {"short": 2, "int": 4, "long": 4}
    machine = {"protocol_version": VERSION, "little_endian": little, "type_sizes": sizes}
    with open(path, "wb") as file:
        for value in (MAGIC, VERSION, machine):
            pickle.dump(value, file, protocol=2)
        with _stand_ins():
            pickler = _Pickler(file, protocol=2, fix_imports=False)
            pickler.view = (None,)
            pickler.dump(content)
        pickle.dump(sorted(storages), file, protocol=2)
        for key in sorted(storages):
            file.write(storages[key].size.to_bytes(8, "little"))
            file.write(storages[key].tobytes())
    return path


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Modules that pickle finds PyTorch's names in."""
    torch, utils = ModuleType("torch"), ModuleType("torch._utils")
    for name in STORAGES.values():
        setattr(torch, name, type(name, (), {"__module__": "torch"}))

    for name in ("_rebuild_tensor_v2", "_rebuild_parameter"):

        def rebuild() -> None:
            """Never called: only its name is pickled."""

        rebuild.__module__, rebuild.__qualname__ = "torch._utils", name
        setattr(utils, name, rebuild)
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
