"""The card of a model: what it is, what it learned from, how good it is, for people."""

from __future__ import annotations

import json
import math
import shlex
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pass_ops.data.synthetic import DRAWN_SET
from pass_ops.evaluation.report.protocol import SAM, protocol
from pass_ops.evaluation.report.result import Stage
from pass_ops.evaluation.report.tables import metrics_table, stages_table
from pass_ops.evaluation.report.templating import text
from pass_ops.evaluation.report.text_table import NOTHING, Table, decimal
from pass_ops.evaluation.scoring.metrics import HEADINGS
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description
from pass_ops.serving.files import CARD
from pass_ops.storage.addresses import is_s3
from pass_ops.versions import package_version

LICENCE = (
    "The code is Apache-2.0. No licence of the weights follows from that: they are bound by the "
    "terms of the photographs that they learned from, and of the weights that training began with."
)
_WEAKEST = 3


def model_card(description: Description, stages: Sequence[Stage] = (), machine: str = "") -> str:
    """The card in Markdown.

    Args:
        description: of the model.
        stages: what the stages of its run took, where that is known.
        machine: that they ran on, in words.
    """
    metrics = {name: of.metrics for name, of in description.scores.items() if of.metrics}
    return text(
        "card.md",
        model=description,
        has_classes="clusters" not in description.selection,
        protocol=protocol(description.masks, description.initial),
        data=_table(
            {
                "data set": description.data,
                "digest": description.data_digest,
                **{f"{split} images": str(n) for split, n in description.images.items()},
            }
        ),
        method=_table(
            {
                "masks": description.masks,
                "training began with": description.initial,
                **{f"{name} chosen by": by for name, by in description.selection.items()},
                "mode": description.compat,
                "epoch": str(description.epoch),
            }
        ),
        alone=metrics_table(description.alone),
        scores=metrics_table(metrics),
        spread=spread_table(description.scores_by_seed),
        seeds=sorted(description.scores_by_seed, key=lambda seed: (len(seed), seed)),
        iou=_iou(description),
        weakest=_weakest(description),
        stages=stages,
        machine=machine,
        cached=any(stage.cached for stage in stages),
        compute=stages_table(stages),
        version=package_version("pass-ops") or "not installed",
        command=_command(description),
        licence=LICENCE,
    )


def describe_run(*, model: ModelPath, data: str, stages: Sequence[Stage], machine: str) -> None:
    """Write a model's card again, when its run has ended.

    Args:
        model: folder of the model.
        data: the data set as its user named it.
        stages: what the stages of the run took.
        machine: that they ran on, in words.
    """
    description = replace(Description.load(model), data=data)
    (model / CARD).write_text(model_card(description, stages, machine), encoding="utf-8")


def spread_table(scores_by_seed: Mapping[str, Mapping[str, float]]) -> Table:
    """Mean, sample standard deviation and range of every score that all seeds have; no rows of a
    single seed.

    Args:
        scores_by_seed: scores by their full names, of each seed.
    """
    runs = list(scores_by_seed.values())
    splits = ("validation", "test")
    rows = []
    for name, heading in HEADINGS.items() if len(runs) > 1 else ():
        full = [next(iter(scoped(split, {name: 0.0}))) for split in splits]
        values = [[run[one] for run in runs if one in run] for one in full]
        if any(len(of) == len(runs) for of in values):
            rows.append((heading, *map(_spread, values)))
    return Table("Spread", ("fractions, 0 to 1", *splits), tuple(rows))


def _spread(values: Sequence[float]) -> str:
    if len(values) < 2:
        return NOTHING
    mean, deviation = statistics.fmean(values), statistics.stdev(values)
    return f"{mean:.3f} ± {deviation:.3f} ({min(values):.3f} to {max(values):.3f})"


def _iou(description: Description) -> Table:
    columns = {name: scores.iou for name, scores in description.scores.items() if scores.iou}
    rows = zip(description.classes, *(map(decimal, iou) for iou in columns.values()), strict=True)
    return Table("", ("class", *columns), tuple(rows) if columns else ())


def _weakest(description: Description) -> str:
    """The classes of the least IoU on test, or on validation where test is hidden; of more than
    three.
    """
    scores = [description.scores.get(split) for split in ("test", "validation")]
    iou = next((of.iou for of in scores if of and of.iou), ())
    pairs = zip(description.classes[1:], iou[1:], strict=False)
    ranked = sorted((round(value, 3), name) for name, value in pairs if not math.isnan(value))
    if len(ranked) <= _WEAKEST or ranked[0][0] == ranked[-1][0]:
        return ""
    return ", ".join(f"{name} (IoU {value:.3f})" for value, name in ranked[:_WEAKEST])


def _command(description: Description) -> str:
    """What makes such a model again: on this machine, or of a data set in S3 on a cluster."""
    overrides = json.dumps(description.overrides) if description.overrides else ""
    weights = "their folder" if description.masks in SAM else ""
    if is_s3(description.data):
        parameters = {
            "data_uri": description.data,
            "profile": description.profile,
            "seed": str(description.seed),
            "compat": description.compat,
            "mask_back_end": description.masks,
            "mask_weights": weights,
            "overrides": overrides,
        }
        return f"pass-ops submit --host http://… {_words(parameters, '--set ')}"
    variables = {
        # make run draws the synthetic set where it is given no other.
        "DATA": "" if description.data == DRAWN_SET else description.data,
        "PROFILE": description.profile,
        "SEED": str(description.seed),
        "COMPAT": description.compat,
        "MASKS": description.masks,
        "MASK_WEIGHTS": weights,
        "OVERRIDES": overrides,
    }
    return f"make run {_words(variables)}"


def _words(values: Mapping[str, str], before: str = "") -> str:
    """Names and values as a shell takes them, those without a value left out.

    Args:
        values: by name.
        before: what stands before each.
    """
    words = {name: shlex.quote(value) for name, value in values.items() if value}
    return " ".join(f"{before}{name}={value}" for name, value in words.items())


def _table(rows: dict[str, str]) -> Table:
    return Table("", ("", ""), tuple(rows.items()))
