"""The stage that evaluates a split, and a tracker that shows what it records."""

from __future__ import annotations

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.evaluation.report.evaluate_split import evaluate_split
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.predictions import write_labels


class Recorder(NullTracker):
    """Collects what is recorded.

    Attributes:
        values: every metric by name.
        files: name and folder of every file.
    """

    def __init__(self):
        self.values, self.files = {}, []

    def metrics(self, metrics, step=0):
        super().metrics(metrics, step)
        self.values |= metrics

    def file(self, path, folder):
        assert path.is_file()
        self.files.append((path.name, folder))


def run(*, split, labels, folder, matching=None, tracker=None):
    """Evaluate `labels` on `split`, taken for test where there is a matching: its metrics."""
    write_labels(folder / "labels", labels)
    return evaluate_split(
        split="validation" if matching is None else "test",
        images=split.images,
        truth=split.truth,
        predictions=folder / "labels",
        config=EvaluationConfig(),
        matching=matching,
        evaluation=folder / "evaluation",
        exported=folder / "exported",
        tracker=tracker or NullTracker(),
    )
