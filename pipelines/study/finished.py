"""Results of runs that need not be made again."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.resolve import resolve
from pass_ops.data.synthetic import DRAWN_SET
from pass_ops.errors import PassError
from pass_ops.evaluation.report.result import Result
from pipelines.local.data import SYNTHETIC
from pipelines.local.settings import Settings


def results_in(runs: Path) -> list[Result]:
    """What the finished runs in a folder achieved, the latest first.

    Args:
        runs: folder of the folders of runs; files of other versions are passed over.
    """
    results = []
    for file in sorted(runs.glob("*/result.json"), reverse=True):
        try:
            results.append(Result.load(file))
        except PassError:
            continue
    return results


def is_of(result: Result, settings: Settings, commit: str) -> bool:
    """Whether a run with these settings need not be made again.

    A result of files that no commit has stands for nothing: a run of them takes what has not
    changed from the stages' cache, which looks at the files themselves.

    Args:
        result: of an earlier run.
        settings: of a run without weights for masks.
        commit: of the code as it is now; empty if unknown.
    """
    known = bool(commit) and not commit.endswith("-dirty")
    data = DRAWN_SET if settings.data == SYNTHETIC else settings.data
    return (
        known
        and (result.commit, result.data, result.mask_backend) == (commit, data, "classical")
        and _resolved(result) == _resolved(settings)
    )


def _resolved(run: Result | Settings) -> dict[str, dict[str, object]] | None:
    """What a run's settings mean, however its overrides are spelt; None if nothing, now."""
    try:
        return resolve(
            profile=run.profile, overrides=run.overrides, seed=run.seed, compat=run.compat
        )
    except PassError:
        return None
