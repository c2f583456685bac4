"""Pickles that call programs, or that take minutes and memory."""

from __future__ import annotations

import pickle
from typing import Any

from tests.hostile.catalogue.zipped import archive, tensor


def _global(name: str) -> bytes:
    module, _, function = name.rpartition(".")
    return b"\x80\x02c" + f"{module}\n{function}".encode() + b"\n(U\x04truet"


_CALLS = (
    *("os.system", "posix.system", "subprocess.Popen", "builtins.eval", "builtins.exec"),
    *("builtins.getattr", "builtins.__import__", "importlib.import_module", "runpy.run_path"),
    *("webbrowser.open", "shutil.rmtree", "os.remove", "pickle.loads", "numpy.load", "torch.load"),
    *("torch.hub.load", "socket.create_connection", "ctypes.CDLL", "pathlib.Path", "code.interact"),
)
_BOMB: Any = ()
for _ in range(40):
    _BOMB = (_BOMB, _BOMB)
_INNER = pickle.dumps(_BOMB, 2)[2:-1]


PICKLES: dict[str, bytes] = {
    **{f"calls {name}": archive(_global(name) + b"R.") for name in _CALLS},
    "calls by INST": archive(b"(S'true'\nios\nsystem\n."),
    "calls by OBJ": archive(b"\x80\x02(cos\nsystem\nU\x04trueo."),
    "calls by NEWOBJ": archive(b"\x80\x02cos\nsystem\nU\x04true\x85\x81."),
    "calls by NEWOBJ_EX": archive(b"\x80\x04cos\nsystem\nU\x04true\x85}\x92."),
    "calls by an extension": archive(b"\x80\x02\x82\x01."),
    "calls a name on the stack": archive(b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R."),
    "calls an attribute of a class": archive(
        b"\x80\x04\x8c\x0bcollections\x8c\x14OrderedDict.fromkeys\x93)R."
    ),
    "fills an object's state": archive(b"\x80\x02ctorch\nFloatStorage\n}U\x01aK\x01sb."),
    "makes a dictionary of pairs": archive(b"\x80\x02ccollections\nOrderedDict\n]\x85R."),
    "a set": archive(b"\x80\x04\x8f(K\x01\x90."),
    "bytes": archive(b"\x80\x03C\x01a."),
    "a byte array of a terabyte": archive(b"\x80\x05\x96\xff\xff\xff\xff\xff\0\0\0."),
    "a frame of a terabyte": archive(b"\x80\x04\x95\xff\xff\xff\xff\xff\0\0\0."),
    "a number of a gigabyte": archive(b"\x80\x02\x8b\xff\xff\xff\x3f."),
    "tuples of tuples as a key": archive(b"\x80\x02}" + _INNER + b"K\x01s."),
    "tuples of tuples as a name": archive(tensor(b"K\0))").replace(b"U\x01w", _INNER)),
    "a huge integer as a key": archive(pickle.dumps({2**200: 1}, 2)),
    "no end": archive(b"\x80\x02}"),
    "an empty stack": archive(b"\x80\x02."),
    "nothing pickled": archive(b""),
    "protocol 99": archive(b"\x80\x63}."),
    "text instructions": archive(pickle.dumps({"w": 1}, 0)),
    "a number alone": archive(b"\x80\x02K\x01."),
    "a list": archive(b"\x80\x02]K\x01a."),
    "a dictionary of numbers": archive(pickle.dumps({"w": 1.0}, 2)),
    "an empty dictionary": archive(b"\x80\x02}."),
    "wrappers without end": archive(pickle.dumps({"model": {"model": {"model": {"net": {}}}}}, 2)),
}
"""Archives by what their pickle does."""
