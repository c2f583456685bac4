"""The baselines of a data set as a stage."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pass_ops.data.images import Images
from pass_ops.evaluation.diagnostics.baselines import Split, baselines
from pass_ops.evaluation.unmeasured import is_measurable
from pass_ops.paths import BaselinesPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.strict_json import with_null
from pass_ops.storage.kinds import form_of

STAGE = "measure_baselines"


def measure_baselines(
    train: Images, splits: Mapping[str, Split], output: BaselinesPath
) -> dict[str, float]:
    """Score the baselines on every split whose masks are there.

    Args:
        train: training images.
        splits: by name; "validation" must be one, with masks where the set has classes.
        output: JSON file to write: baseline → split → metric → fraction, null where a metric has no
            value; empty where the set has no classes.

    Returns:
        Validation mIoU of each baseline, as `<baseline>/validation/miou`.
    """
    measured = {name: split for name, split in splits.items() if split.truth.has_masks}
    measurable = is_measurable(STAGE, splits["validation"].truth)
    scores = baselines(train, measured) if measurable else {}
    with atomic_path(output, form_of(BaselinesPath)) as temporary:
        temporary.write_text(json.dumps(with_null(scores), indent=2, allow_nan=False) + "\n")
    return {
        f"{name}/validation/miou": of_splits["validation"]["miou"]
        for name, of_splits in scores.items()
    }
