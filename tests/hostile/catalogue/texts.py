"""JSON, YAML and lists: too deep, too large, said twice, with tags, in other encodings."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.models.card import Card

DIGEST = "0a" * 32
_CARD = asdict(Card(stage="pretrain", network=NetworkConfig(), epoch=1, config_digest="0a"))
_POINTER = {"uri": "/set", "digest": DIGEST, "categories": 2, "counts": {"train": 1}}

BROKEN: dict[str, bytes] = {
    "nothing": b"",
    "a zero byte": b"\0",
    "half an object": b'{"a": ',
    "brackets without end": b"[" * 200_000,
    "braces without end": b'{"a":' * 100_000,
    "a number of a million digits": b'{"1": ' + b"9" * 1_000_000 + b"}",
    "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32"),
    "Latin-1": b'{"\xe9": 1}',
    "a lone surrogate byte": b'{"\xed\xa0\x80": 1}',
    "an overlong slash": b'{"\xc0\xaf": 1}',
    "a comment": b'{"1": 1} // one',
    "two objects": b'{"1": 1} {"1": 1}',
    "single quotes": b"{'1': 1}",
    "a trailing comma": b'{"1": 1,}',
    "a key twice": b'{"1": 1, "1": 2}',
    "a list": b"[1]",
    "a text": b'"1"',
    "null": b"null",
    "a web page": b"<!doctype html><html></html>",
    "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
}
"""What no reader of JSON takes."""

MATCHES: dict[str, bytes] = {
    "class 0": b'{"1": 0}',
    "class beyond K": b'{"1": 2}',
    "two labels of one class": b'{"1": 1, "2": 1}',
    "label left out": b'{"1": 1, "3": 3}',
    "label 0 moved": b'{"0": 1, "1": 1}',
    "label below 0": b'{"-1": 1}',
    "label beyond PNG": b'{"65536": 1}',
    "label with a zero before it": b'{"01": 1}',
    "label in Arabic digits": '{"\N{ARABIC-INDIC DIGIT ONE}": 1}'.encode(),
    "fraction": b'{"1": 1.5}',
    "infinity": b'{"1": 1e999}',
    "not a number": b'{"1": NaN}',
    "truth": b'{"1": true}',
    "class in a text": b'{"1": "1"}',
    "class in a list": b'{"1": [1]}',
    "huge class": b'{"1": 99999999999999999999}',
}

POINTERS: dict[str, bytes] = {
    name: json.dumps(_POINTER | changes).encode()
    for name, changes in {
        "digest that leads elsewhere": {"digest": "../" * 21 + "x"},
        "digest of capitals": {"digest": "0A" * 32},
        "digest too short": {"digest": "0a"},
        "no digest": {"digest": None},
        "address with a null byte": {"uri": "a\0b"},
        "address that no file system has": {"uri": "\ud800"},
        "address in a list": {"uri": ["/set"]},
        "fewer than no classes": {"categories": -1},
        "half a class": {"categories": 1.5},
        "infinite classes": {"categories": float("inf")},
        "classes in a text": {"categories": "2"},
        "counts in a list": {"counts": [1]},
        "counts below zero": {"counts": {"train": -1}},
        "counts that are truths": {"counts": {"train": True}},
        "no counts": {"counts": None},
    }.items()
}

CARDS: dict[str, bytes] = {
    name: json.dumps(_CARD | changes).encode()
    for name, changes in {
        "unknown backbone": {"network": {"arch": "vgg"}},
        "backbone of terabytes": {"network": {"width": 10**9}},
        "head of terabytes": {"network": {"hidden_dim": 10**12}},
        "network in a list": {"network": [1]},
        "epoch in a text": {"epoch": "1"},
        "no epoch": {"epoch": None},
        "metrics in a list": {"metrics": [1]},
        "metric in a text": {"metrics": {"loss": "1"}},
        "unknown key": {"__class__": "os.system"},
        "stage in a list": {"stage": ["x"]},
    }.items()
}

_LEVELS: list[Any] = [
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
]
SETTINGS: dict[str, str] = {
    "a billion values": "\n".join(["a: &a [x, x]", *_LEVELS]),
    "an anchor in itself": "&a [*a]",
    "a merged mapping": "a: &a {b: 1}\nc: {<<: *a}",
    "a call": "!!python/object/apply:os.system ['true']",
    "a new object": "!!python/object/new:subprocess.Popen [['true']]",
    "a name": "!!python/name:os.system",
    "a module": "!!python/module:os",
    "an unknown tag": "!include /etc/passwd",
    "a whole number that is none": "!!int x",
    "brackets without end": "[" * 5000,
    "two documents": "a: 1\n---\nb: 2",
    "a tab": "a:\n\t- 1",
    "a date that is none": "2001-99-99",
}
"""YAML of a setting, a run's parameters."""

CATEGORIES: dict[str, bytes] = {
    "UTF-16": "n1\nn2\n".encode("utf-16"),
    "Latin-1": b"n1\ncaf\xe9\n",
    "zeros": b"n1\0n2\0",
    "a class twice": b"n1\nn1\nn2\n",
    "a class too many": b"n1\nn2\nn3\n",
    "a class too few": b"n1\n",
    "another order": b"n2\nn1\n",
    "other letters": b"N1\nn2\n",
    "a byte order mark inside": "n1\n\ufeffn2\n".encode(),
    "nothing": b"\n\n",
}
"""Lists of the classes n1 and n2."""

SUMS: dict[str, bytes] = {
    "a file above": f"{DIGEST}  ../x\n".encode(),
    "a file above, later": f"{DIGEST}  a/../../x\n".encode(),
    "a file at the root": f"{DIGEST}  /etc/passwd\n".encode(),
    "one space": f"{DIGEST} x\n".encode(),
    "no name": f"{DIGEST}\n".encode(),
    "another encoding": f"{DIGEST}  \xe9\n".encode("latin-1"),
}
"""Checksums of a packed set."""
