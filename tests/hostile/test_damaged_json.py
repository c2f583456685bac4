"""JSON of earlier stages with a key too few or a value of another type: read, or refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.artifacts import READERS, Good
from tests.hostile.refusals import is_refused

OTHERS = (None, True, 0, -1, 2.5, 10**400, "", "x", [], [[]], {}, {"x": 1})
"""What stands in the place of a value."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to every value in JSON; of many of a kind to the first and the last."""
    yield path
    if not isinstance(value, dict | list):
        return
    names = list(value) if isinstance(value, dict) else list(range(len(value)))
    alike = isinstance(value, list) or all(isinstance(part, int | float) for part in value.values())
    for name in names[:1] + names[max(1, len(names) - 1) :] if alike else names:
        yield from places(value[name], (*path, name))


def changed(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy of JSON with another value at a place; without any there, if it is `KeyError`."""
    if not path:
        return other
    result = copy.copy(value)
    if len(path) == 1 and other is KeyError:
        del result[path[0]]
    else:
        result[path[0]] = changed(value[path[0]], path[1:], other)
    return result


def damages(value: Any, step: int) -> Iterator[Any]:
    """JSON with one value missing or of another type.

    Args:
        value: that is damaged.
        step: one of so many of `OTHERS` takes each place, not the same one everywhere.
    """
    for number, path in enumerate(places(value)):
        for other in (*OTHERS[number % step :: step], *([KeyError] if path else [])):
            yield changed(value, path, other)


@pytest.fixture(scope="module")
def good(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Good:
    """Artifacts that nothing is wrong with."""
    return Good(tmp_path_factory.mktemp("good"), synthetic_data)


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", READERS)
def test_damaged_json_ends_in_one_line(name: str, step: int, good: Good) -> None:
    path = good.root / name
    text = path.read_text()
    refused = tried = 0
    try:
        for damage in damages(json.loads(text), step):
            path.write_text(json.dumps(damage))
            refused += is_refused(READERS[name], good)
            tried += 1
    finally:
        path.write_text(text)
    print(f"{name}: {refused} of {tried} refused")
    # Some damages are none: another number, another name.
    assert refused > tried / 3
    assert not is_refused(READERS[name], good)
