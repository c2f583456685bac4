"""The files that evaluation writes into folders, for writers, pages and readers."""

from __future__ import annotations

from pathlib import Path

from pass_ops.storage.contents.records import Record, read_record

# Of an evaluated split: every metric by its short name, null where it has no value; the class of
# each cluster, under the name that the benchmark gives the file; IoU of every class and the
# confusion matrix; captions of the strips in `strips/`; ten of them on one sheet.
METRICS = "metrics.json"
MATCHING = "match.json"
CLASSES = "classes.json"
STRIPS = "strips.json"
STRIPS_FOLDER = "strips"
CONTACT_SHEET = "predictions.png"
# Where there are no masks: what predictions look like.
LABEL_FREE = "label_free.json"

# What the KFP UI shows of it: the confusion matrix, a page of pictures, a table.
CONFUSION = "confusion.json"
SPLIT_PAGE = "page.html"
SCORES_TABLE = "scores.md"

# Of a threshold search.
CURVE = "curve.json"
CURVE_PAGE = "curve.html"

# Of a submission, beside `MATCHING`: the five lines on the method that the benchmark asks for.
METHOD = "method.txt"


def read_values(kind: type[Record], path: Path) -> Record:
    """What a stage wrote as JSON.

    Args:
        kind: see `as_record`.
        path: of the file.

    Raises:
        ArtifactError: there is no such file, or something else is in it.
    """
    advice = "run the stage that writes it again"
    return read_record(kind=kind, path=path, what="values of a stage", advice=advice)
