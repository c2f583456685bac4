"""Where each class's pixels went: the confusion matrix, as an SVG and for the KFP UI."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from markupsafe import Markup

from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.scoring.counts import Counts

MOST_IDS = 60  # More can neither be read nor shown by the KFP UI.
CELL, LETTER = 16, 6.6


def confusion_table(names: Sequence[str], confusion: Counts) -> dict[str, Any]:
    """What KFP's `log_confusion_matrix` takes; beyond 60 ids, those with the most misplaced pixels.

    Args:
        names: of the ids 0..K.
        confusion: int64 [K+1, K+1], pixels by truth (rows) and prediction (columns).

    Returns:
        `labels` [n] and `matrix` [n][n].
    """
    ids = worst_ids(confusion)
    return {
        "labels": [names[i] for i in ids],
        "matrix": confusion[np.ix_(ids, ids)].tolist(),
    }


def confusion_chart(names: Sequence[str], confusion: Counts) -> Markup:
    """Part of each truth id's pixels that went to each predicted id, the darker the more.

    Args:
        names: of the ids 0..K.
        confusion: int64 [K+1, K+1], pixels by truth (rows) and prediction (columns).
    """
    ids = worst_ids(confusion)
    shares = (confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1))[np.ix_(ids, ids)]
    titles = [names[i] if len(names[i]) <= 20 else names[i][:19] + "…" for i in ids]
    margin = round(10 + LETTER * max(map(len, titles)))
    cells = [
        {
            "x": margin + CELL * column,
            "y": margin + CELL * row,
            "truth": titles[row],
            "prediction": titles[column],
            "share": shares[row, column],
        }
        for row, column in np.argwhere(shares >= 0.005)
    ]
    return html(
        "confusion.html",
        titles=[(title, margin + CELL * n + CELL // 2 + 4) for n, title in enumerate(titles)],
        cells=cells,
        margin=margin,
        size=CELL,
        frame=CELL * len(ids),
        side=margin + CELL * len(ids) + 4,
    )


def worst_ids(confusion: Counts) -> list[int]:
    """At most 60 ids, ascending: background, and the classes with the most misplaced pixels."""
    wrong = confusion.sum(axis=0) + confusion.sum(axis=1) - 2 * confusion.diagonal()
    ranked = 1 + np.argsort(-wrong[1:], kind="stable")
    return [0, *sorted(int(i) for i in ranked[: MOST_IDS - 1])]
