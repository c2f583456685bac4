"""Full names of metrics, wherever a stage reports one: `test/miou`, `round_1/test/miou`.

`docs/evaluation.md`, "Names", has the rule.
"""

from __future__ import annotations

from collections.abc import Mapping


def scoped(scope: str, metrics: Mapping[str, float]) -> dict[str, float]:
    """Metrics under their full names.

    Args:
        scope: the split, after what was scored there where that is not the run's own predictions:
            `test`, `round_1/test`.
        metrics: by short name.
    """
    return {f"{scope}/{name}": value for name, value in metrics.items()}
