"""Unpickles dictionaries of tensors, as PyTorch pickles them, and runs nothing.

Of all that a pickle can ask for, only the functions that make dictionaries and tensors are known
here.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, BinaryIO, ClassVar

from pass_ops.models.files.pickled_tensor import (
    STORAGES,
    RebuildParameter,
    RebuildTensor,
    Storage,
)


class _EmptyDict:
    """Makes an empty dictionary, as PyTorch has one made before it is filled."""

    __slots__ = ()

    def __call__(self) -> OrderedDict[str, Any]:
        """The dictionary; none is made of a list, whose keys nobody has looked at."""
        return OrderedDict()


_CALLED = {
    ("torch._utils", "_rebuild_tensor_v2"): RebuildTensor(),
    ("torch._utils", "_rebuild_parameter"): RebuildParameter(),
    ("collections", "OrderedDict"): _EmptyDict(),
    **{("torch", name): name for name in STORAGES},
}
"""All that a pickle may call or refer to by name."""

_INSTRUCTIONS = {
    *(pickle.PROTO, pickle.FRAME, pickle.MARK, pickle.STOP),
    *(pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.BINFLOAT),
    *(pickle.BININT, pickle.BININT1, pickle.BININT2, pickle.LONG1),
    *(pickle.BINSTRING, pickle.SHORT_BINSTRING),
    *(pickle.BINUNICODE, pickle.SHORT_BINUNICODE),
    *(pickle.EMPTY_TUPLE, pickle.TUPLE, pickle.TUPLE1, pickle.TUPLE2, pickle.TUPLE3),
    *(pickle.EMPTY_LIST, pickle.APPEND, pickle.APPENDS),
    *(pickle.EMPTY_DICT, pickle.SETITEM, pickle.SETITEMS),
    *(pickle.BINPUT, pickle.LONG_BINPUT, pickle.MEMOIZE, pickle.BINGET, pickle.LONG_BINGET),
    *(pickle.GLOBAL, pickle.STACK_GLOBAL, pickle.REDUCE, pickle.BUILD, pickle.BINPERSID),
}
"""What pickles of tensors are written in."""


# Python's own, in which instructions can be replaced; C's takes memory for as many objects as an
# instruction numbers.
class _Unpickler(pickle._Unpickler):
    """Knows tensors, their storages and dictionaries, nothing else.

    Args:
        file: where the pickle begins at the current position.
    """

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What the pickle may call or refer to.

        Args:
            module, name: as pickled.

        Raises:
            UnpicklingError: it is anything else.
        """
        if (module, name) not in _CALLED:
            raise pickle.UnpicklingError(f"it wants to call {module}.{name}")
        return _CALLED[module, name]

    def persistent_load(self, pid: Any) -> Storage:
        """The storage that the pickle refers to by `pid`."""
        # The older format says whether it is a view of another one, which none is.
        kind, name, key, _, length, *view = pid
        if (
            kind != "storage"
            or not all(isinstance(text, str) for text in (name, key))
            or name not in STORAGES
            or not key.isdecimal()
            or any(part is not None for part in view)
        ):
            raise pickle.UnpicklingError("it refers to something else than a storage")
        if type(length) is not int or length < 0:
            raise pickle.UnpicklingError(f"storage {key} is of no length")
        storage = Storage(key, name, length)
        if self.storages.setdefault(key, storage) != storage:
            raise pickle.UnpicklingError(f"it says two things of storage {key}")
        return storage

    dispatch: ClassVar[dict[int, Callable[[Any], None]]]


def _require_plain(keys: list[Any]) -> None:
    """Refuse keys that would take forever to look up: tuples of tuples, huge integers."""
    for key in keys:
        if type(key) is not str and (type(key) is not int or not -(2**63) <= key < 2**63):
            raise pickle.UnpicklingError("a key is neither a text nor a small integer")


def _set_item(unpickler: Any) -> None:
    _require_plain(unpickler.stack[-2:-1])
    _LOAD[pickle.SETITEM[0]](unpickler)


def _set_items(unpickler: Any) -> None:
    _require_plain(unpickler.stack[::2])
    _LOAD[pickle.SETITEMS[0]](unpickler)


def _refuse(_: Any) -> None:
    raise pickle.UnpicklingError("it holds something else than dictionaries of tensors")


_LOAD: dict[int, Callable[[Any], None]] = pickle._Unpickler.dispatch
_Unpickler.dispatch = {
    **{code: load if bytes([code]) in _INSTRUCTIONS else _refuse for code, load in _LOAD.items()},
    pickle.SETITEM[0]: _set_item,
    pickle.SETITEMS[0]: _set_items,
}


def unpickle(file: BinaryIO) -> tuple[Any, dict[str, Storage]]:
    """The object that is pickled next in `file`, of dictionaries, tensors and plain values; and the
    storages that it refers to, by key.

    Raises:
        Exception: of any class, where the pickle is damaged or crafted.
    """
    unpickler = _Unpickler(file)
    return unpickler.load(), unpickler.storages
