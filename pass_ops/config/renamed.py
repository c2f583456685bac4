"""Settings that got another name: who uses an old one is told the new one."""

from __future__ import annotations

from typing import Any

_CLASSIFIERS = [f"train_classifier_{name}" for name in "fghc"]
_ROUNDS = ["prompt_masks_round_1", "prompt_masks_round_2"]

RENAMED = {
    "cluster.start": "cluster.init",
    **{f"{stage}.keep_epochs": f"{stage}.ensemble_epochs" for stage in _CLASSIFIERS},
    **{f"{stage}.stable": f"{stage}.convergence_tolerance" for stage in _CLASSIFIERS},
    "select_small_loss.posterior": "select_small_loss.min_posterior",
    "select_small_loss.cap": "select_small_loss.max_class_ratio",
    "select_small_loss.floor": "select_small_loss.min_per_class",
    "select_small_loss.keep": "select_small_loss.keep_fraction",
    "select_by_distance.oversize": "select_by_distance.oversize_ratio",
    "select_by_distance.rounds": "select_by_distance.max_rounds",
    "select_by_distance.stable": "select_by_distance.convergence_tolerance",
    "search_threshold.least": "search_threshold.min_percent",
    "search_threshold.most": "search_threshold.max_percent",
    "make_regions.most": "make_regions.max_regions",
    "make_regions.automatic.max_overlap": "make_regions.automatic.nms_iou",
    **{f"{stage}.margin": f"{stage}.box_margin" for stage in _ROUNDS},
    **{f"{stage}.empty": f"{stage}.on_empty" for stage in _ROUNDS},
    **{f"{stage}.min_cover": f"{stage}.min_coverage" for stage in _ROUNDS},
    "choose_checkpoint.by": "choose_checkpoint.criterion",
}
"""The new dotted name of each old one."""


def pop_renamed(settings: dict[str, Any]) -> list[str]:
    """Take what has an old name out of nested `settings`; the problems, one for each such name."""
    problems = []
    for old, new in RENAMED.items():
        *tables, name = old.split(".")
        table: Any = settings
        for key in tables:
            table = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict) and name in table:
            del table[name]
            problems.append(f"{old} is now {new}")
    return problems
