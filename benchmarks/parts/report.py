"""The one line of JSON that a benchmark prints of each metric."""

from __future__ import annotations

import json


def report(*, name: str, ratio: float, floor: float | None, unit: str) -> None:
    """Print a metric.

    Args:
        name: of the metric.
        ratio: how many times better than the peer.
        floor: what the ratio should reach, if there is such a thing.
        unit: what the ratio is of, in words.
    """
    line = {"name": name, "ratio": round(ratio, 4), "floor": floor, "unit": unit}
    print(json.dumps(line), flush=True)
