"""Reading match.json, of this or of any other program (method 15.3)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.data.codec import MAX_ID
from pass_ops.errors import DataError
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.opening import read_text, reason

_LABELS = {str(label): label for label in range(MAX_ID + 1)}
"""Every label that a PNG can hold, by the one way to write it."""

_SHOWN = 20
"""Wrong entries that an error names."""


def read_match(path: Path) -> tuple[int, ...]:
    """The class of each of the labels 1..K; entry 0, which may be left out, is 0.

    Raises:
        DataError: the file is no match.json, or does not hold a permutation; wrong entries are
            named.
    """
    try:
        match = _parse(read_text(path))
    except (OSError, ValueError) as error:
        raise DataError(
            f"{path}: not a match.json with the labels 1..K ({reason(error)}): match again"
        ) from error
    if problems := _wrong_entries(match):
        more = f"; {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        listing = "; ".join(problems[:_SHOWN]) + more
        raise DataError(f"{path}: is no one-to-one matching ({listing}): match again")
    return tuple(match[label] for label in range(1, max(match) + 1))


def _parse(text: str) -> dict[int, int]:
    """Class by label, as a text has them.

    Raises:
        ValueError: it is no JSON object, or something in it is no label or no whole number.
    """
    entries = parse_json(text)
    if not isinstance(entries, Mapping):
        raise ValueError("not an object with an entry for each label")
    for label, target in entries.items():
        if label not in _LABELS:
            raise ValueError(f"the key {label!r} is no label")
        if not isinstance(target, int) or isinstance(target, bool):
            raise ValueError(f"{label} goes to {_shown(target)}, which is no whole number")
    return {_LABELS[label]: target for label, target in entries.items()}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:40]}…"


def _wrong_entries(match: dict[int, int]) -> list[str]:
    """What keeps a match.json from being a permutation of 1..K and of 0 to 0."""
    classes = max(len(match.keys() - {0}), 1)
    labels: dict[int, list[int]] = {cls: [] for cls in range(1, classes + 1)}
    problems = [] if match.get(0, 0) == 0 else [f"0 goes to {match[0]}"]
    for label, cls in sorted(match.items()):
        if label and (label not in labels or cls not in labels):
            problems.append(f"{label} goes to {cls}, outside 1..{classes}")
        elif label:
            labels[cls].append(label)
    for cls, rivals in labels.items():
        if len(rivals) > 1:
            problems.append(f"{' and '.join(map(str, rivals))} go to {cls}")
    missing = [str(label) for label in labels if label not in match]
    return problems + ([f"{', '.join(missing)} missing"] if missing else [])
