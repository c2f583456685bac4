"""Scores of the runs that differ in the seed alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from pass_ops.config.resolve import resolve
from pass_ops.config.settings import RunInfo
from pass_ops.evaluation.report.result import Result
from pass_ops.tracking.recorded_runs import recorded_runs
from pass_ops.tracking.tracker import Tracker

DIGEST, SEED, SETTINGS = "pass.data_digest", "pass.seed", "pass.settings"
"""Tags of a pipeline's run: by the first and the last, runs are repetitions of each other."""


def scores_by_seed(run: RunInfo, result: Result, tracker: Tracker) -> dict[str, dict[str, float]]:
    """Every score of each seed's newest run on the same data with the same settings, this one's
    first.

    Args:
        run: what this run is of.
        result: of this run.
        tracker: of this run, which is tagged so that later ones find it.
    """
    settings = settings_digest(run)
    tracker.tag(SETTINGS, settings)
    scores = {str(run.seed): result.scores()}
    for other in recorded_runs({DIGEST: run.data_digest, SETTINGS: settings}):
        if other.metrics:
            scores.setdefault(other.tags.get(SEED, ""), dict(other.metrics))
    scores.pop("", None)
    return scores


def settings_digest(run: RunInfo) -> str:
    """A short name for all that was set but the seed."""
    resolved = resolve(profile=run.profile, overrides=run.overrides, seed=0, compat=run.compat)
    facts = {name: asdict(run)[name] for name in ("mask_backend", "initial_weights")}
    text = json.dumps({**resolved, **facts}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
