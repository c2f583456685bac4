"""An exported model in MLflow's registry: one version a run, of a model for each data set."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pass_ops.evaluation.report.protocol import protocol
from pass_ops.evaluation.report.run_page import data_name
from pass_ops.export.card import LICENCE
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description
from pass_ops.tracking.aliases import DIGEST, MIOU
from pass_ops.tracking.tracker import Tracker

_STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


def register_model(model: ModelPath, tracker: Tracker) -> None:
    """Make a model the newest version of its name.

    Args:
        model: folder of the model.
        tracker: of the pipeline's run.
    """
    description = Description.load(model)
    run = {split: of.metrics for split, of in description.scores.items()}
    own, completed = (description.alone, run) if description.alone else (run, {})
    tags = {
        "protocol": protocol(description.masks, description.initial),
        "masks": description.masks,
        "initial": description.initial,
        "epoch": str(description.epoch),
        "label_space": description.label_space,
        "classes": ", ".join(description.classes),
        "commit": description.commit,
        "licence": LICENCE,
        DIGEST: description.data_digest,
        MIOU: _miou(own, "validation"),
        "test_miou": _miou(own, "test"),
        "completed_validation_miou": _miou(completed, "validation"),
        "completed_test_miou": _miou(completed, "test"),
    }
    tracker.register(model, model_name(description.data), {k: v for k, v in tags.items() if v})


def _miou(metrics: Mapping[str, Mapping[str, float]], split: str) -> str:
    """mIoU on a split as a tag; empty where it was not measured.

    Args:
        metrics: by split.
        split: its name.
    """
    miou = metrics.get(split, {}).get("miou")
    return "" if miou is None else str(miou)


def model_name(data: str) -> str:
    """What the registry calls the models of a data set.

    Args:
        data: address of the data set.
    """
    # MLflow's names have no slash and no colon, nor do its addresses of models an @.
    return f"pass-segmenter-{_STRANGE.sub('-', data_name(data)).strip('-')}"
