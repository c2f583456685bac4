"""Running one stage from a KFP task or the command line.

Around the stage's own work: tracker, time, peak memory, errors in one line.
"""

from __future__ import annotations

import atexit
import gc
import io
import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from pass_ops.engine.kernels.room import kernels_have_room
from pass_ops.engine.last_words import leave_last_words
from pass_ops.engine.loading.data_wait import INFERENCE
from pass_ops.engine.signals import signals_unwind
from pass_ops.errors import ArtifactError, PassError, StorageError
from pass_ops.paths import MetricsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of, require_all_free
from pass_ops.storage.opening import files_named
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.tracker import Tracker

# At its end the interpreter would look through all modules for garbage, for half a second, although
# the system takes the memory back anyway.
atexit.register(gc.freeze)


def data_cache() -> Path:
    """Folder where shards of data sets stay between stages: `PASS_DATA_CACHE` if it is set.

    Raises:
        StorageError: it is not set, and this user has no home.
    """
    folder = os.environ.get("PASS_DATA_CACHE")
    if folder:
        return Path(folder)
    try:
        return Path.home() / ".cache" / "pass-ops" / "data"
    except RuntimeError as error:
        raise StorageError(
            "HOME is not set, and this user has no entry in passwd; "
            "set PASS_DATA_CACHE to a folder for shards of data sets"
        ) from error


@contextmanager
def errors_explained() -> Iterator[None]:
    """Turn errors of the system that are the user's to fix into a `PassError` that says how.

    Names of files that standard output could not print are printed with escapes.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    with files_named(), kernels_have_room():
        yield


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn an error that is the user's to fix, and Ctrl-C, into one line on standard error and an
    exit status.

    Names of files that standard output could not print are printed with escapes.
    """
    try:
        with errors_explained():
            yield
    except PassError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        leave_last_words(error)
        sys.exit(error.status)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr, flush=True)
        sys.exit(130)


def run_stage(
    *,
    name: str,
    body: Callable[[Tracker], Mapping[str, float]],
    settings: Mapping[str, Any],
    outputs: Mapping[Path, Any],
    inputs: Iterable[str | Path],
    headline: str,
) -> dict[str, Any]:
    """Run `body` as stage `name`, tracked under `settings`.

    Args:
        name: the stage's name in logs, in MLflow and in the UI.
        body: the stage; returns its metrics, among them `peak_rss_mb` where the work is done by
            other processes.
        settings: recorded as parameters of the MLflow run; nested mappings become dotted names.
        outputs: kinds of the files and folders that it writes, by their paths. They must exist
            afterwards: KFP calls a task that wrote nothing a success.
        inputs: files, folders and addresses that it reads.
        headline: the metric that the run's closing table shows, if the stage has it.

    Returns:
        Metadata for the stage's `Metrics` artifact: stage, seconds, peak_rss_mb, data_wait (share
        of the time of inference that images were waited for, where there was any), figure (the
        headline as text, empty without it) and every metric.

    Raises:
        SystemExit: after one line on standard error, when the user's input, settings or servers are
            wrong; or when a signal ended the stage (`engine.signals`).
    """
    start = time.monotonic()
    INFERENCE.restart()
    with one_line_errors(), signals_unwind():
        require_all_free(outputs, inputs)
        with open_run(name) as tracker:
            tracker.params(settings)
            metrics = dict(body(tracker))
            absent = [str(path) for path in outputs if not path.exists()]
            if absent:
                raise ArtifactError(
                    f"stage {name} ended without writing {', '.join(absent)}: "
                    "report this as a defect"
                )
            seconds = time.monotonic() - start
            own_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            peak = metrics.pop("peak_rss_mb", own_peak)
            measured = {"seconds": seconds, "peak_rss_mb": peak}
            if INFERENCE.used:
                measured["data_wait"] = INFERENCE.share
            tracker.metrics(measured)
    shown = f"{headline} {metrics[headline]:.4g}" if headline in metrics else ""
    return {"stage": name, **measured, "figure": shown, **metrics}


class MetricsArtifact(Protocol):
    """What KFP hands a component to put its metrics in."""

    path: str
    metadata: dict[str, Any]


def save_metrics(path: MetricsPath, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """Write the metrics of a stage that have a value; JSON knows no NaN.

    Args:
        path: of the file.
        metrics: what `run_stage` returned.

    Returns:
        what is written.
    """
    finite = {
        name: value
        for name, value in metrics.items()
        if isinstance(value, str) or math.isfinite(value)
    }
    with atomic_path(path, form_of(MetricsPath)) as temporary:
        temporary.write_text(json.dumps(finite, indent=2, allow_nan=False) + "\n")
    return finite


def record(artifact: MetricsArtifact, metrics: Mapping[str, Any]) -> None:
    """Put a stage's metrics into its metrics artifact.

    The UI reads the metadata, and KFP's MLflow plugin takes all of it for numbers (2.17.0,
    backend/src/v2/metadata/client.go, FormatScalarMetricArtifacts): texts are in the file alone.

    Args:
        artifact: the component's `Metrics` output.
        metrics: what `run_stage` returned.
    """
    written = save_metrics(MetricsPath(Path(artifact.path)), metrics)
    artifact.metadata.update(
        {name: value for name, value in written.items() if not isinstance(value, str)}
    )
