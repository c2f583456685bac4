"""Every stage, declared once: what it reads and writes, under which settings, in which step.

KFP components and the command line run stages by their names (`stages.run`); the order in which
they follow each other stands in `pass_ops.graph`.
"""

from pass_ops.stages.clustering import ChooseClusters, Cluster, ClusterAligned, ClusterSelected
from pass_ops.stages.denoising import ClassifyImages, InferImageLabels, TrainClassifier
from pass_ops.stages.diagnostics import Diagnose, DiagnoseLabels, DiagnoseMasks
from pass_ops.stages.evaluation import EvaluateTest, EvaluateValidation, MeasureBaselines
from pass_ops.stages.masks import ApplyCrf, MakeRegions, PromptMasks, RefineLabels
from pass_ops.stages.preparation import FetchModel, ValidateData
from pass_ops.stages.pseudo_labels import MakeCoarseLabels, SearchThreshold
from pass_ops.stages.reporting import Report, ReportEvaluation
from pass_ops.stages.representation import Pretrain, TrainPixelAttention
from pass_ops.stages.segmentation import (
    ChooseCheckpoint,
    CompletePredictions,
    PredictSplit,
    TrainSegmenter,
)
from pass_ops.stages.selection import SelectSmallLoss

__all__ = [
    "ApplyCrf",
    "ChooseCheckpoint",
    "ChooseClusters",
    "ClassifyImages",
    "Cluster",
    "ClusterAligned",
    "ClusterSelected",
    "CompletePredictions",
    "Diagnose",
    "DiagnoseLabels",
    "DiagnoseMasks",
    "EvaluateTest",
    "EvaluateValidation",
    "FetchModel",
    "InferImageLabels",
    "MakeCoarseLabels",
    "MakeRegions",
    "MeasureBaselines",
    "PredictSplit",
    "Pretrain",
    "PromptMasks",
    "RefineLabels",
    "Report",
    "ReportEvaluation",
    "SearchThreshold",
    "SelectSmallLoss",
    "TrainClassifier",
    "TrainPixelAttention",
    "TrainSegmenter",
    "ValidateData",
]
