"""Old names, until `stages` names the new ones."""

from pass_ops.evaluation.files import CONFUSION, SCORES_TABLE, SPLIT_PAGE
from pass_ops.evaluation.report.evaluate_split import evaluate_split

__all__ = ["CONFUSION", "PAGE", "SUMMARY", "evaluate_split"]
PAGE, SUMMARY = SPLIT_PAGE, SCORES_TABLE
