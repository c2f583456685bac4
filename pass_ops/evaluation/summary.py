"""The last stage: one result and one report of everything that the others measured."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.config.segmentation import CHOSEN_BY
from pass_ops.evaluation.report import Figure, report_html, report_markdown
from pass_ops.evaluation.result import Result
from pass_ops.evaluation.split import METRICS, STRIPS
from pass_ops.storage.atomic import atomic_path

SELECTION = {"matching": "validation masks", "threshold": "validation masks"}


def summarise(
    run: Mapping[str, Any],
    checkpoint_choice: str,
    validation: Path,
    test: Path,
    learning: Path,
    label_quality: Path,
    mask_quality: Path,
    baselines: Path,
    curve: Path,
    result: Path,
    report: Path,
    markdown: Path,
) -> dict[str, float]:
    """Write result.json and the report in HTML and Markdown.

    Args:
        run: profile, data, seed, compat, mask_backend.
        checkpoint_choice: a rule of `CheckpointChoiceConfig`.
        validation, test: folders of `evaluate_split`.
        learning, label_quality, mask_quality, baselines: files of `diagnose`, `diagnose_labels`, `diagnose_masks` and
            `measure_baselines`.
        curve: folder of `search_threshold`.

    Returns:
        mIoU of both splits, where measured.
    """
    scores = {split: _metrics(folder) for split, folder in (("validation", validation), ("test", test))}
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
    summary.save(result)
    scored = {name: folder for name, folder in (("Test", test), ("Validation", validation)) if scores[name.lower()]}
    figures = [
        *_charts(scored),
        _chart(curve, "curve", "Validation scores by attention threshold; the threshold is tuned on these masks"),
    ]
    examples = _strips(*next(iter(scored.items())))
    for path, text in ((report, report_html(summary, figures, examples)), (markdown, report_markdown(summary))):
        with atomic_path(path) as temporary:
            temporary.write_text(text)
    return {f"{split}_miou": values["miou"] for split, values in scores.items() if values}


def _metrics(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / METRICS).read_text())
    return values


def _strips(split: str, folder: Path) -> list[Figure]:
    captions: dict[str, str] = json.loads((folder / STRIPS).read_text())
    return [Figure(f"{split}: {caption}", (folder / name).read_bytes()) for name, caption in captions.items()]


def _charts(scored: Mapping[str, Path]) -> list[Figure]:
    charts = {"iou": "IoU of each class", "confusion": "where each class's pixels went"}
    return [
        _chart(folder, name, f"{split}: {caption}") for split, folder in scored.items() for name, caption in charts.items()
    ]


def _chart(folder: Path, name: str, caption: str) -> Figure:
    return Figure(caption, (folder / f"{name}-light.png").read_bytes(), (folder / f"{name}-dark.png").read_bytes())
