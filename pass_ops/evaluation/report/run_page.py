"""The report of a run: its page, and its tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from pass_ops.evaluation.report.protocol import protocol
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.tables import (
    baselines_table,
    label_free_table,
    learning_table,
    limits_table,
    masks_table,
    quality_table,
    scores_table,
)
from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.unmeasured import NOTE

_DIGEST = re.compile("[0-9a-f]{64}")


def run_page(result: Result, parts: Sequence[Markup] = ()) -> str:
    """The page of a run, as HTML.

    Args:
        result: of the run; tables of what was not measured are left out.
        parts: sections with pictures, in the order in which they are shown.
    """
    name = data_name(result.data)
    splits = {"test": result.test, "validation": result.validation}
    return html(
        "run.html",
        title=f"{name}, {result.profile}: PASS",
        name=name,
        headline={f"mIoU, {split}": of["miou"] for split, of in splits.items() if of},
        facts=_facts(result),
        tables=(
            *((baselines_table(result),) if result.baselines else ()),
            label_free_table(result),
            learning_table(result),
            quality_table(result.label_quality),
            masks_table(result.mask_quality),
            limits_table(result.mask_quality),
        ),
        parts=parts,
        scores=scores_table(result),
    )


def run_markdown(result: Result) -> str:
    """The tables of a run in Markdown, for consoles and the KFP UI."""
    tables = [scores_table(result), baselines_table(result)]
    tables += [label_free_table(result)] if result.label_free else []
    tables += [learning_table(result)] if result.learning else []
    tables += [quality_table(result.label_quality)] if result.label_quality else []
    if result.mask_quality:
        tables += [masks_table(result.mask_quality), limits_table(result.mask_quality)]
    return "\n".join(f"## {table.title}\n\n{table.markdown()}" for table in tables)


def _facts(result: Result) -> dict[str, str]:
    """What was run, by name; empty where that is not known."""
    return {
        "data": result.data,
        "profile": result.profile,
        "seed": str(result.seed),
        "compat": result.compat,
        "protocol": protocol(result.mask_backend, result.initial_weights),
        "masks": result.mask_backend,
        "initial weights": result.initial_weights,
        "commit": result.commit,
        "date": result.date,
        **({"evaluation": NOTE} if result.label_free else {}),
        **{
            name if name == "model" else f"{name} chosen by": source
            for name, source in result.selection.items()
        },
    }


def data_name(data: str) -> str:
    """What the data set at this address is called: the last part of it that is no digest."""
    parts = [part for part in data.split("/") if part and not _DIGEST.fullmatch(part)]
    return parts[-1] if parts else data
