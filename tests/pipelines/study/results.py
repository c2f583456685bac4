"""A result as a run with masks leaves it."""

from __future__ import annotations

import math

from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow, Result, Stage

RESULT = Result(
    profile="smoke",
    data="synthetic",
    seed=31,
    compat="fixed",
    mask_backend="classical",
    validation={"miou": 0.25, "miou_small": math.nan},
    test={"miou": 0.2},
    baselines={"all_background": {"test": {"miou": 0.06}}},
    learning=(Learning("untrained", 0.2, 0.35),),
    label_quality=(
        QualityRow(step="clustering 1", images=10, coverage=1.0, accuracy=0.5, nmi=0.4),
        QualityRow(step="after c", images=10, coverage=1.0, accuracy=0.6, nmi=math.nan),
    ),
    mask_quality=(
        MaskRow(
            step="round 1",
            validation={"miou": 0.24, "object_iou": 0.5},
            test={"miou": 0.19, "boundary_miou": 0.1, "f": 0.6},
        ),
    ),
    stages=(
        Stage(name="pretrain", seconds=2.0, peak_rss_mb=100.0),
        Stage(name="evaluate", seconds=1.0, peak_rss_mb=90.0),
    ),
)
