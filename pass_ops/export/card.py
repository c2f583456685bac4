"""The card of a model: what it is, what it learned from, how good it is, for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from pass_ops.evaluation.report.result import Stage
from pass_ops.evaluation.report.run_page import supervision
from pass_ops.evaluation.report.tables import metrics_table, stages_table
from pass_ops.evaluation.report.text_table import Table, decimal
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description
from pass_ops.serving.files import CARD
from pass_ops.versions import package_version

LICENCE = (
    "The code is Apache-2.0. No licence of the weights follows from that: they are bound by the "
    "terms of the photographs that they learned from, and of the weights that training began with."
)

_LIMITS_OF_CLUSTERS = """\
* Its clusters are groups that it found in photographs without classes: what they mean is for people
  to say, and how right they are was not measured.
"""

_LIMITS = """\
* It knows the classes above and no others: what belongs to none of them is called background, or
  like the nearest of them.
* Clusters were matched to classes on the validation masks, one to one. A class whose cluster means
  something else is wrong everywhere.
* It was measured on photographs of the one data set above, on no others.
"""

_LIMIT_OF_BORDERS = """\
* Borders are those of a network whose output has a fraction of the image's resolution; thin objects
  are lost first.
"""

_USE = """\
```
pass-ops predict MODEL PHOTOGRAPHS --output labels
mlflow models serve --model-uri MODEL --env-manager local
```
MODEL is this folder, `s3://…` or `models:/NAME@ALIAS`; the server needs the package pass-ops.

`segmenter.onnx` takes RGB images [N, 3, H, W], values in [0, 1] less `mean`, over `std` (see
`description.json`), and gives logits [N, clusters + 1, H/s, W/s]: output 0 is the background,
output i the cluster that `match.json` gives a class. `model.safetensors` holds its weights,
`backbone.safetensors` those of its backbone under torchvision's names
(`load_state_dict(…, strict=False)`: there is no `fc`).
"""


def model_card(description: Description, stages: Sequence[Stage] = ()) -> str:
    """The card in Markdown.

    Args:
        description: of the model.
        stages: what the stages of its run took, where that is known.
    """
    has_classes = "clusters" not in description.selection
    sections = {
        "Data": _table(
            {
                "data set": description.data,
                "digest": description.data_digest,
                **{f"{split} images": str(n) for split, n in description.images.items()},
            }
        ),
        "Protocol": _table(
            {
                "masks": supervision(description.masks),
                "training began with": description.initial,
                **{f"{name} chosen by": by for name, by in description.selection.items()},
                "mode": description.compat,
                "epoch": str(description.epoch),
            }
        ),
        "Scores": _scores(description),
        "IoU of each class": _iou(description),
        "Limits": (_LIMITS if has_classes else _LIMITS_OF_CLUSTERS) + _LIMIT_OF_BORDERS,
        "Compute used": _compute(stages),
        "Use": _USE,
        "How to reproduce": _reproduce(description),
        "Licence": LICENCE + "\n",
    }
    groups = f"{len(description.classes) - 1} {'classes' if has_classes else 'clusters'}"
    title = f"# Segmenter, {groups}, {_protocol(description)}\n"
    return "\n".join([title, *(f"## {name}\n\n{text}" for name, text in sections.items())])


def describe_run(model: ModelPath, data: str, stages: Sequence[Stage]) -> None:
    """Write a model's card again, when its run has ended.

    Args:
        model: folder of the model.
        data: the data set as its user named it.
        stages: what the stages of the run took.
    """
    description = replace(Description.load(model), data=data)
    (model / CARD).write_text(model_card(description, stages))


def _protocol(description: Description) -> str:
    """How a result of the model must be called (method 0.5)."""
    if description.masks not in ("classical", "none"):
        return "SAM-assisted" if description.masks in ("sam", "onnx") else description.masks
    return "unsupervised" if description.initial == "random" else "from imported weights"


def _scores(description: Description) -> str:
    columns = {name: scores.metrics for name, scores in description.scores.items()}
    columns = {name: metrics for name, metrics in columns.items() if metrics}
    return metrics_table(columns).markdown() if columns else "Nothing was measured.\n"


def _iou(description: Description) -> str:
    columns = {name: scores.iou for name, scores in description.scores.items() if scores.iou}
    if not columns:
        return "Nothing was measured.\n"
    rows = tuple(
        zip(description.classes, *(map(decimal, iou) for iou in columns.values()), strict=True)
    )
    return Table("", ("class", *columns), rows).markdown()


def _compute(stages: Sequence[Stage]) -> str:
    if not stages:
        return "Seconds and memory of each stage are in the MLflow run that registered the model.\n"
    cached = any(stage.cached for stage in stages)
    note = "What is cached was taken from an earlier run, and shows what it took then.\n\n"
    return (note if cached else "") + stages_table(stages).markdown()


def _reproduce(description: Description) -> str:
    commit = description.commit or "not known"
    version = package_version("pass-ops") or "not installed"
    overrides = f" OVERRIDES='{json.dumps(description.overrides)}'" if description.overrides else ""
    return (
        f"pass-ops {version}, commit {commit}:\n\n```\n"
        f"make run DATA={description.data} PROFILE={description.profile} SEED={description.seed} "
        f"COMPAT={description.compat} MASKS={description.masks}{overrides}\n```\n"
    )


def _table(rows: dict[str, str]) -> str:
    cells = tuple((name, value.replace("|", "\\|")) for name, value in rows.items())
    return Table("", ("", ""), cells).markdown()
