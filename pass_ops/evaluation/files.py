"""Names of the files that evaluation writes into folders, for writers, pages and readers."""

from __future__ import annotations

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
