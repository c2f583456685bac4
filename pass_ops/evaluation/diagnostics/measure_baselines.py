"""The baselines of a data set as a stage."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from pass_ops.data.images import Images
from pass_ops.evaluation.diagnostics.baselines import Split, baselines
from pass_ops.paths import BaselinesPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


def measure_baselines(
    train: Images, splits: Mapping[str, Split], output: BaselinesPath
) -> dict[str, float]:
    """Score the baselines on every split whose masks are there.

    Args:
        train: training images.
        splits: by name; "validation" must be one, with masks.
        output: JSON file to write: baseline → split → metric → fraction, null where a metric has no
            value.

    Returns:
        Validation mIoU of each baseline, as `<baseline>/validation/miou`.
    """
    scores = baselines(
        train, {name: split for name, split in splits.items() if split.truth.has_masks}
    )
    plain = {
        name: {
            split: {
                metric: value if math.isfinite(value) else None for metric, value in metrics.items()
            }
            for split, metrics in of_splits.items()
        }
        for name, of_splits in scores.items()
    }
    with atomic_path(output, form_of(BaselinesPath)) as temporary:
        temporary.write_text(json.dumps(plain, indent=2) + "\n")
    return {
        f"{name}/validation/miou": of_splits["validation"]["miou"]
        for name, of_splits in scores.items()
    }
