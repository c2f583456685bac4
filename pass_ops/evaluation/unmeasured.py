"""Data sets without ground truth: what measures something says that it does not (method 1.6)."""

from __future__ import annotations

from pass_ops.data.ground_truth import GroundTruth

NOTE = "skipped: the data set has no classes and no masks to measure it with"


def is_measurable(stage: str, truth: GroundTruth) -> bool:
    """Whether there are classes to compare with; else the log says that the stage is skipped.

    Args:
        stage: its name.
        truth: of any split.
    """
    if not truth.has_classes:
        print(f"{stage}: {NOTE}", flush=True)
    return truth.has_classes


def with_note(table: str, measurable: bool) -> str:
    """A table in Markdown, and beneath it why it is empty.

    Args:
        table: the Markdown.
        measurable: whether there was something to measure.
    """
    return table if measurable else f"{table}\n{NOTE}\n"
