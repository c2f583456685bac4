"""Where each class's pixels went: the confusion matrix, as an SVG and for the KFP UI."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

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


def confusion_chart(names: Sequence[str], confusion: Counts) -> str:
    """Part of each truth id's pixels that went to each predicted id, the darker the more.

    Args:
        names: of the ids 0..K.
        confusion: int64 [K+1, K+1], pixels by truth (rows) and prediction (columns).
    """
    ids = worst_ids(confusion)
    shares = (confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1))[np.ix_(ids, ids)]
    titles = [names[i] if len(names[i]) <= 20 else names[i][:19] + "…" for i in ids]
    margin = 10 + LETTER * max(map(len, titles))
    side = margin + CELL * len(ids) + 4
    parts = []
    for place, title in enumerate(titles):
        middle = margin + CELL * place + CELL / 2 + 4
        parts.append(
            f'<text x="{margin - 6:.0f}" y="{middle:.0f}" text-anchor="end">{escape(title)}</text>'
        )
        parts.append(
            f'<text transform="translate({middle:.0f} {margin - 6:.0f}) rotate(-90)">'
            f"{escape(title)}</text>"
        )
    for row, column in np.argwhere(shares >= 0.005):
        share = shares[row, column]
        tip = f"{titles[row]} taken for {titles[column]}: {100 * share:.0f} %"
        parts.append(
            f'<rect x="{margin + CELL * column:.0f}" y="{margin + CELL * row:.0f}" '
            f'width="{CELL - 1}" height="{CELL - 1}" '
            f'fill="var(--mark)" fill-opacity="{share:.2f}"><title>{escape(tip)}</title></rect>'
        )
    frame = CELL * len(ids)
    parts.append(
        f'<rect class="axis" x="{margin - 1:.0f}" y="{margin - 1:.0f}" '
        f'width="{frame + 1}" height="{frame + 1}" fill="none"/>'
    )
    return (
        f'<div class="scroll"><svg viewBox="0 0 {side:.0f} {side:.0f}" style="width:{side:.0f}px" '
        f'role="img" aria-label="Confusion matrix, truth by row">{"".join(parts)}</svg></div>'
    )


def worst_ids(confusion: Counts) -> list[int]:
    """At most 60 ids, ascending: background, and the classes with the most misplaced pixels."""
    wrong = confusion.sum(axis=0) + confusion.sum(axis=1) - 2 * confusion.diagonal()
    ranked = 1 + np.argsort(-wrong[1:], kind="stable")
    return [0, *sorted(int(i) for i in ranked[: MOST_IDS - 1])]
