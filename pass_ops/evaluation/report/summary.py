"""The last stage: one result and one report of everything that the others measured."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pass_ops.config.segmentation import CHOSEN_BY
from pass_ops.data.images import Images
from pass_ops.evaluation.curve.page import curve_section
from pass_ops.evaluation.report.gallery import gallery_html
from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.run_report import report_html, report_markdown
from pass_ops.evaluation.report.split import MATCH
from pass_ops.evaluation.report.split_page import CLASSES, METRICS, split_sections
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.storage.atomic import atomic_path

SELECTION = {"matching": "validation masks", "threshold": "validation masks"}


def summarise(
    *,
    run: Mapping[str, Any],
    checkpoint_choice: str,
    validation: Path,
    test: Path,
    learning: Path,
    label_quality: Path,
    mask_quality: Path,
    baselines: Path,
    curve: Path,
    train: Images,
    labels: Path,
    result: Path,
    report: Path,
    markdown: Path,
) -> dict[str, float]:
    """Write result.json and the report in HTML and Markdown.

    Args:
        run: profile, data, seed, compat, mask_backend.
        checkpoint_choice: a rule of `CheckpointChoiceConfig`.
        validation, test: folders of `evaluate_split`.
        learning, label_quality, mask_quality, baselines: files of `diagnose`, `diagnose_labels`,
            `diagnose_masks` and `measure_baselines`.
        curve: folder of `search_threshold`.
        train: training images, for the gallery of clusters.
        labels: table of the clustering stage.

    Returns:
        mIoU of both splits, where measured.
    """
    scores = {
        split: _metrics(folder) for split, folder in (("validation", validation), ("test", test))
    }
    summary = Result.of(
        {
            **run,
            # KFP hands whole numbers on as floats.
            "seed": int(run["seed"]),
            **scores,
            "baselines": json.loads(baselines.read_text()),
            "selection": SELECTION | {"checkpoint": CHOSEN_BY[checkpoint_choice]},
            "learning": json.loads(learning.read_text()),
            "mask_quality": json.loads(mask_quality.read_text()),
            "label_quality": json.loads(label_quality.read_text()),
        }
    )
    parts = [
        *split_sections(test, "Test"),
        curve_section(curve),
        *split_sections(validation, "Validation"),
        _gallery(train, labels, validation),
    ]
    return _write(summary=summary, parts=parts, result=result, report=report, markdown=markdown)


def summarise_evaluation(
    *,
    run: Mapping[str, Any],
    model: str,
    weights: Path,
    baselines: Path,
    validation: Path,
    test: Path,
    result: Path,
    report: Path,
    markdown: Path,
) -> dict[str, float]:
    """The same for a model that was not trained in this run; `model` is its address, `weights` its
    folder.
    """
    card = json.loads((weights / "model.json").read_text())
    summary = Result.of(
        {
            **run,
            "seed": int(run["seed"]),
            "mask_backend": card.get("masks", "none"),
            "validation": _metrics(validation),
            "test": _metrics(test),
            "baselines": json.loads(baselines.read_text()),
            "selection": {"model": model, "matching": "validation masks"},
        }
    )
    parts = [*split_sections(test, "Test"), *split_sections(validation, "Validation")]
    return _write(summary=summary, parts=parts, result=result, report=report, markdown=markdown)


def _write(
    *, summary: Result, parts: Sequence[str], result: Path, report: Path, markdown: Path
) -> dict[str, float]:
    summary.save(result)
    for path, text in ((report, report_html(summary, parts)), (markdown, report_markdown(summary))):
        with atomic_path(path) as temporary:
            temporary.write_text(text)
    scores = {"validation": summary.validation, "test": summary.test}
    return {f"{split}_miou": values["miou"] for split, values in scores.items() if values}


def _metrics(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / METRICS).read_text())
    return values


def _gallery(train: Images, labels: Path, validation: Path) -> str:
    classes: list[str] = json.loads((validation / CLASSES).read_text())["names"]
    names = {
        cluster: classes[cls]
        for cluster, cls in enumerate(Matching.load(validation / MATCH).classes)
    }
    note = "the training images nearest to each centroid, and the class that the cluster was matched to on validation"
    return section("Clusters", gallery_html(train, labels, names), note)
