"""Reads the official `.pth` files without PyTorch (method 16.7).

Nothing that is pickled in them is ever run. The file is a zip archive: `data.pkl` pickles a
dictionary of tensors, whose numbers are the files `data/0`, `data/1`, … Of all that a pickle can
ask for, only the functions that make dictionaries and tensors are known here.
"""

from __future__ import annotations

import io
import pickle
import zipfile
from collections import OrderedDict
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.errors import ArtifactError

Arrays = dict[str, NDArray[np.float32]]

DTYPES = {"FloatStorage": "<f4", "HalfStorage": "<f2", "DoubleStorage": "<f8"}
"""PyTorch's classes of storages, and NumPy's names of their numbers."""


def read_checkpoint(path: Path) -> Arrays:
    """The tensors of a checkpoint by name, as float32.

    Raises:
        ArtifactError: the file isn't a checkpoint in zip format, is damaged, or asks for anything
            but tensors.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            content = _TensorUnpickler(archive).load()
    except OSError as error:
        raise ArtifactError(
            f"{path}: {error.strerror or error}; give the official checkpoint file"
        ) from error
    except zipfile.BadZipFile as error:
        raise ArtifactError(
            f"{path}: not a PyTorch checkpoint in zip format; give the official file, whole"
        ) from error
    # Whatever a crafted or damaged pickle can raise, it is the file's fault.
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ArtifactError(
            f"{path}: refused, {reason}; give the official checkpoint file"
        ) from error
    if not isinstance(content, dict) or not all(
        isinstance(name, str) and isinstance(value, np.ndarray) for name, value in content.items()
    ):
        raise ArtifactError(
            f"{path}: holds something else than named tensors; give the official checkpoint file"
        )
    return {name: np.ascontiguousarray(value, dtype=np.float32) for name, value in content.items()}


class _Rebuild:
    """Makes a contiguous tensor, which all of a checkpoint's are, of a storage's numbers."""

    __slots__ = ()

    # By position, as the pickle calls it.
    def __call__(self, storage: NDArray[Any], offset: int, *layout: Any) -> NDArray[Any]:
        """The tensor.

        Args:
            storage: numbers [n], of which the tensor may be a part.
            offset: index of its first.
            layout: its shape; its strides, in numbers, not in bytes; flags and hooks, of which
                inference needs none.

        Raises:
            UnpicklingError: the tensor isn't contiguous, or reaches beyond its storage.
        """
        shape, strides = layout[:2]
        expected = tuple(prod(shape[axis + 1 :]) for axis in range(len(shape)))
        contiguous = all(
            stride == expected_stride or length == 1
            for stride, expected_stride, length in zip(strides, expected, shape, strict=True)
        )
        if (
            not contiguous
            or offset < 0
            or min(shape, default=1) < 0
            or offset + prod(shape) > len(storage)
        ):
            raise pickle.UnpicklingError(
                f"a tensor of shape {tuple(shape)} doesn't fit its storage"
            )
        return storage[offset : offset + prod(shape)].reshape(shape)


class _TensorUnpickler(pickle.Unpickler):
    """Knows tensors, their storages and ordered dictionaries, nothing else.

    Args:
        archive: the checkpoint.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        if not pickles:
            raise pickle.UnpicklingError("it has no data.pkl")
        self._archive, self._folder = archive, pickles[0].removesuffix("data.pkl")
        super().__init__(io.BytesIO(self._read("data.pkl")))

    def find_class(self, module: str, name: str) -> Any:
        """What the pickle may call or refer to.

        Args:
            module, name: as pickled.

        Raises:
            UnpicklingError: it is anything else.
        """
        # An instance, and not a function: it has no attribute that a crafted pickle could change.
        # The same holds of the strings that stand for storages.
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Rebuild()
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"it wants to call {module}.{name}")

    def persistent_load(self, pid: Any) -> NDArray[Any]:
        """The numbers of the storage that the pickle refers to by `pid`."""
        kind, dtype, key, _, count = pid
        if kind != "storage" or dtype not in DTYPES.values() or not str(key).isdecimal():
            raise pickle.UnpicklingError("it refers to something else than a storage")
        values: NDArray[Any] = np.frombuffer(self._read(f"data/{key}"), dtype)
        if len(values) != count:
            raise pickle.UnpicklingError(f"storage {key} holds {len(values)} numbers, not {count}")
        return values

    def _read(self, name: str) -> bytes:
        """The bytes of a file of the archive, uncompressed, as PyTorch writes it."""
        entry = self._archive.getinfo(self._folder + name)
        # So nothing is larger in memory than in the file.
        if entry.compress_type != zipfile.ZIP_STORED:
            raise pickle.UnpicklingError(f"{name} is compressed")
        return self._archive.read(entry)
