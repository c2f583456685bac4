"""A run's report: one HTML file that needs nothing from outside itself."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pass_ops.evaluation.report_style import STYLE
from pass_ops.evaluation.result import Result
from pass_ops.evaluation.tables import baselines_table, figure, learning_table, masks_table, quality_table, scores_table

_DIGEST = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Figure:
    """A PNG, its caption, and the same PNG for dark paper where there is one."""

    caption: str
    light: bytes
    dark: bytes | None = None


def report_html(result: Result, figures: Sequence[Figure] = (), examples: Sequence[Figure] = ()) -> str:
    """The report as one HTML page, light or dark as the reader's system is.

    Args:
        result: the run's figures; empty parts are left out.
        figures: charts, one below the other.
        examples: strips of image, ground truth and prediction, in as many columns as fit.
    """
    sections = [
        _headline(result),
        baselines_table(result).html() if result.baselines else "",
        learning_table(result).html() if result.learning else "",
        quality_table(result.label_quality).html() if result.label_quality else "",
        masks_table(result.mask_quality).html() if result.mask_quality else "",
        f'<section><h2>Image, ground truth, prediction</h2><div class="examples">{_figures(examples)}</div></section>'
        if examples
        else "",
        _figures(figures),
        scores_table(result).html(),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>{escape(_name(result.data))}, {escape(result.profile)}: PASS</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(sections)}</main></body></html>\n"
    )


def report_markdown(result: Result) -> str:
    """The report's tables in Markdown, for consoles and the KFP UI."""
    tables = [scores_table(result), baselines_table(result)]
    tables += [learning_table(result)] if result.learning else []
    tables += [quality_table(result.label_quality)] if result.label_quality else []
    tables += [masks_table(result.mask_quality)] if result.mask_quality else []
    return "\n".join(f"## {table.title}\n\n{table.markdown()}" for table in tables)


def _headline(result: Result) -> str:
    """Title, what was run, and the mIoU of each split as a large figure."""
    scores = {"test": result.test, "validation": result.validation}
    tiles = "".join(
        f'<div class="tile"><b>{figure(metrics["miou"])}</b><span>mIoU, {split}</span></div>'
        for split, metrics in scores.items()
        if metrics
    )
    facts = {
        "data": result.data,
        "profile": result.profile,
        "seed": str(result.seed),
        "compat": result.compat,
        "masks": _supervision(result.mask_backend),
        **{f"{name} chosen by": source for name, source in result.selection.items()},
    }
    terms = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    return f'<header><h1>{escape(_name(result.data))}</h1><div class="tiles">{tiles}</div><dl>{terms}</dl></header>'


def _name(data: str) -> str:
    """What the data set at this address is called: the last part of it that is no digest."""
    parts = [part for part in data.split("/") if part and not _DIGEST.fullmatch(part)]
    return parts[-1] if parts else data


def _supervision(mask_backend: str) -> str:
    """SAM has seen human masks: what uses it is never called unsupervised (ALGORITHMS 0.5, rule 2)."""
    return "from the model alone" if mask_backend == "none" else f"{mask_backend}-assisted"


def _figures(items: Sequence[Figure]) -> str:
    return "".join(map(_figure, items))


def _figure(item: Figure) -> str:
    caption = escape(item.caption)
    dark = f'<source media="(prefers-color-scheme: dark)" srcset="{_inline(item.dark)}">' if item.dark else ""
    image = f'<img alt="{caption}" src="{_inline(item.light)}">'
    return f"<figure><picture>{dark}{image}</picture><figcaption>{caption}</figcaption></figure>"


def _inline(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
