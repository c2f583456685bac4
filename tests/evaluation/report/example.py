"""A result in which something was not measured everywhere."""

from __future__ import annotations

import math

from pass_ops.evaluation.report.result import Learning, QualityRow, Result, Stage

RESULT = Result(
    profile="small",
    data="objects <10>",
    seed=31,
    compat="fixed",
    mask_backend="none",
    validation={"miou": 0.25, "miou_s": math.nan},
    test={"miou": 0.3, "miou_s": 0.1},
    baselines={"all_background": {"test": {"miou": 0.06, "miou_s": math.nan}}},
    learning=(Learning("untrained", 0.256, 0.352), Learning("after pre-training", 0.41, math.nan)),
    selection={"threshold": "validation masks"},
    label_quality=(
        QualityRow(step="clustering 1", images=120, coverage=1.0, accuracy=0.44, nmi=math.nan),
    ),
    stages=(
        Stage(name="pre-train", seconds=12.34, peak_rss_mb=812.6, cached=False, figure="loss 3.2"),
        Stage(name="cluster", seconds=1.0, peak_rss_mb=400.0, cached=True),
    ),
)
