"""Old names, until `stages` names the new ones."""

from pass_ops.evaluation.report.summarise import summarise, summarise_evaluation

__all__ = ["summarise", "summarise_evaluation"]
