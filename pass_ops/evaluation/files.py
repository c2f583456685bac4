"""The files that evaluation writes into folders, for writers, pages and readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from pass_ops.storage.opening import read_text, reading

Values = TypeVar("Values", dict[str, Any], list[Any])

# Of an evaluated split: every metric by its short name, null where it has no value; the class of
# each cluster, under the name that the benchmark gives the file; IoU of every class and the
# confusion matrix; captions of the strips in `strips/`; ten of them on one sheet.
METRICS = "metrics.json"
MATCHING = "match.json"
CLASSES = "classes.json"
STRIPS = "strips.json"
STRIPS_FOLDER = "strips"
CONTACT_SHEET = "predictions.png"

# What the KFP UI shows of it: the confusion matrix, a page of pictures, a table.
CONFUSION = "confusion.json"
SPLIT_PAGE = "page.html"
SCORES_TABLE = "scores.md"

# Of a threshold search.
CURVE = "curve.json"
CURVE_PAGE = "curve.html"

# Of a submission, beside `MATCHING`: the five lines on the method that the benchmark asks for.
METHOD = "method.txt"

# Beside weights. `models.weights` writes it; a report, in whose image there is no Jittor, cannot
# import that module.
MODEL_CARD = "model.json"


def read_values(path: Path, kind: type[Values]) -> Values:
    """What a stage wrote as JSON.

    Args:
        path: of the file.
        kind: of its values as a whole: dict or list.

    Raises:
        ArtifactError: there is no such file, or something else is in it.
    """
    with reading(path=path, what="values of a stage", advice="run the stage that writes it again"):
        values = json.loads(read_text(path))
        if not isinstance(values, kind):
            raise TypeError(f"not a JSON {'object' if kind is dict else 'array'}")
        return values
