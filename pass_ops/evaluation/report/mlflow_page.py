"""What a person sees of a pipeline's run in MLflow: its name, tags, description, scores, files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pass_ops.config.settings import RunInfo
from pass_ops.evaluation.files import CONTACT_SHEET
from pass_ops.evaluation.report.protocol import protocol
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.run_page import data_name
from pass_ops.evaluation.report.text_table import decimal
from pass_ops.evaluation.unmeasured import NOTE
from pass_ops.models.card import load_card
from pass_ops.paths import (
    EvaluationPath,
    PagePath,
    ResultPath,
    SegmenterWeightsPath,
    WeightsPath,
)
from pass_ops.tracking.pipeline_run import RUN_URL, run_address
from pass_ops.tracking.tracker import CONTENT, MODEL, SHOWN, Tracker

PICTURE, PAGE, RESULT, CHECKPOINT = "predictions.png", "report.html", "result.json", "checkpoint"


@dataclass(frozen=True, kw_only=True)
class ResultFiles:
    """Files that belong to a result.

    Attributes:
        result, page: `result.json` and the report.
        weights: the segmenter that was scored.
        validation, test: folders of `evaluate_split`.
        registered: whether the run keeps the segmenter already, as a registered model.
    """

    result: ResultPath
    page: PagePath
    weights: SegmenterWeightsPath
    validation: EvaluationPath
    test: EvaluationPath
    registered: bool = False


def describe_run(run: RunInfo, tracker: Tracker) -> None:
    """Say at a run's start what is run.

    Args:
        run: of the pipeline.
        tracker: of the pipeline's run.
    """
    tags = {
        # The first three are MLflow's own: its list of runs has columns for them.
        "mlflow.source.name": "pass-ops",
        "mlflow.source.type": "JOB",
        "mlflow.source.git.commit": run.commit,
        RUN_URL: run_address(),
        "kfp.run_name": run.name,
        "pass.pipeline_version": run.pipeline_version,
        "pass.commit": run.commit,
        "pass.data": run.data,
        "pass.data_digest": run.data_digest,
        "pass.profile": run.profile,
        "pass.seed": str(run.seed),
        "pass.compat": run.compat,
    }
    for name, value in tags.items():
        if value:
            tracker.tag(name, value)
    chosen = {"data": run.data, "profile": run.profile, "seed": run.seed, "compat": run.compat}
    tracker.params({**chosen, "overrides": run.overrides})
    tracker.dataset(name=data_name(run.data), digest=run.data_digest, source=run.data)
    tracker.title(run.name, "\n\n".join(_links()))


def show_result(result: Result, files: ResultFiles, tracker: Tracker) -> None:
    """Let a run open with what came out, and end.

    Args:
        result: of the run.
        files: those of the result.
        tracker: of the pipeline's run.
    """
    tracker.metrics(result.scores())
    tracker.tag("pass.protocol", protocol(result.mask_backend, result.initial_weights))
    tracker.tag("pass.masks", result.mask_backend)
    tracker.tag("pass.initial_weights", result.initial_weights)
    tracker.file(files.page, "", PAGE)
    tracker.file(files.result, "", RESULT)
    checkpoint = MODEL if files.registered else CHECKPOINT
    if not files.registered:
        tracker.file(files.weights, "", CHECKPOINT)
    lines = [_headline(result)]
    sheets = (folder / CONTACT_SHEET for folder in (files.test, files.validation))
    if (sheet := next(filter(Path.is_file, sheets), None)) is not None:
        tracker.file(sheet, "", PICTURE)
        lines.append(f"![images and predictions]({CONTENT}{PICTURE})")
    epoch = load_card(WeightsPath(files.weights)).epoch
    links = {"report": PAGE, RESULT: RESULT, f"checkpoint of epoch {epoch}": checkpoint}
    lines.append(", ".join(f"[{text}]({SHOWN}{place})" for text, place in links.items()))
    tracker.title("", "\n\n".join([*lines, _facts(result), *_links()]))
    tracker.finish()


def _headline(result: Result) -> str:
    splits = {"test": result.test, "validation": result.validation}
    scores = [f"{decimal(of['miou'])} on {split}" for split, of in splits.items() if of]
    return f"**mIoU {', '.join(scores)}**" if scores else f"Evaluation {NOTE}"


def _facts(result: Result) -> str:
    return (
        f"{data_name(result.data)}, profile {result.profile}, seed {result.seed}; "
        f"{protocol(result.mask_backend, result.initial_weights)}: masks {result.mask_backend}, "
        f"initial weights {result.initial_weights}"
    )


def _links() -> list[str]:
    """Where else the run is seen, in Markdown."""
    address = run_address()
    return [f"[KFP run]({address})"] if address else []
