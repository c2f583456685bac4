"""Kinds of files and folders that stages hand on, each a type of its own.

A path to weights is no path to centroids: strict mypy refuses the one where the other is due. At
run time each is a plain `Path`. A kind that is derived from another may stand where that one may:
`PretrainedWeightsPath` is a `WeightsPath`. Which module writes and reads a kind, and what is in it,
stands behind each name; `storage.kinds` says how outputs of a kind are recognised.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NewType, get_args

# File: which data set is meant, and where its shards are (`data.pointer`).
PointerPath = NewType("PointerPath", Path)
# Folder: a data set in tar shards, with tables, checksums and its pointer (`data.packing.pack`).
PackedPath = NewType("PackedPath", Path)

# Folder: the weights, and a card that says what they are (`models.weights`).
WEIGHTS_FILE, CARD_FILE = "model.safetensors", "model.json"
WeightsPath = NewType("WeightsPath", Path)
InitialWeightsPath = NewType("InitialWeightsPath", WeightsPath)
PretrainedWeightsPath = NewType("PretrainedWeightsPath", WeightsPath)
AttentionWeightsPath = NewType("AttentionWeightsPath", WeightsPath)
ClassifierWeightsPath = NewType("ClassifierWeightsPath", WeightsPath)
SegmenterWeightsPath = NewType("SegmenterWeightsPath", WeightsPath)
# The same files, of Segment Anything (`sam.weights`).
SamWeightsPath = NewType("SamWeightsPath", Path)
# Folder: weights folders of several epochs, `epoch-<finished epochs>`.
ClassifierCheckpointsPath = NewType("ClassifierCheckpointsPath", Path)
SegmenterCheckpointsPath = NewType("SegmenterCheckpointsPath", Path)

# Folder: `features.npy` and `keys.txt` (`clustering.files`).
FeaturesPath = NewType("FeaturesPath", Path)
# Folder: `centroids.npy` and `centroids.json` (`clustering.centroids`).
CentroidsPath = NewType("CentroidsPath", Path)

# Parquet file: a label per image (`clustering.labels`).
ImageLabelsPath = NewType("ImageLabelsPath", Path)
# With squared distances to the nearest centroids.
ClusterLabelsPath = NewType("ClusterLabelsPath", ImageLabelsPath)
# With a classifier's confidence and the loss of the label so far.
InferredLabelsPath = NewType("InferredLabelsPath", ImageLabelsPath)
# Of a selection: with weights or repeat counts (`clustering.selection`).
SelectedLabelsPath = NewType("SelectedLabelsPath", ImageLabelsPath)

# JSON file: how many clusters, and how well other numbers fit (`clustering.count.curve`).
ClusterCurvePath = NewType("ClusterCurvePath", Path)

# Folder: the threshold curve (`evaluation.curve`).
CurvePath = NewType("CurvePath", Path)

# Folder: one label map per image: 0 background, else cluster id + 1 (`data.label_maps`).
LabelMapsPath = NewType("LabelMapsPath", Path)
CoarseMapsPath = NewType("CoarseMapsPath", LabelMapsPath)
CrfMapsPath = NewType("CrfMapsPath", LabelMapsPath)
RefinedMapsPath = NewType("RefinedMapsPath", LabelMapsPath)
PaintedMapsPath = NewType("PaintedMapsPath", LabelMapsPath)
PredictedMapsPath = NewType("PredictedMapsPath", LabelMapsPath)
CompletedMapsPath = NewType("CompletedMapsPath", LabelMapsPath)
# Folder: foreground maps at feature resolution (`pseudo_labels.attention_maps`).
AttentionMapsPath = NewType("AttentionMapsPath", Path)
# Parquet file: brightest point and label of each image (`pseudo_labels.coarse`).
PromptsPath = NewType("PromptsPath", Path)
# Folder: masks of everything in COCO's run-length code (`pseudo_labels.regions`).
RegionsPath = NewType("RegionsPath", Path)

# Folder: metrics, match.json and pictures of one split (`evaluation.report.evaluate_split`).
EvaluationPath = NewType("EvaluationPath", Path)
ValidationEvaluationPath = NewType("ValidationEvaluationPath", EvaluationPath)
TestEvaluationPath = NewType("TestEvaluationPath", EvaluationPath)
# Folder: predictions in the layout and code of ImageNet-S.
ExportedPath = NewType("ExportedPath", Path)

# JSON file: the class of each cluster (`evaluation.scoring.matching`).
MatchingPath = NewType("MatchingPath", Path)
# JSON files (`evaluation.report.result`): what features know, how right image labels are, how good
# label maps are, what needs no training, and the result of a run.
LearningPath = NewType("LearningPath", Path)
LabelQualityPath = NewType("LabelQualityPath", Path)
MaskQualityPath = NewType("MaskQualityPath", Path)
BaselinesPath = NewType("BaselinesPath", Path)
ResultPath = NewType("ResultPath", Path)
# JSON file: what a stage measured, its seconds and memory (`engine.stage`).
MetricsPath = NewType("MetricsPath", Path)
# JSON file: metrics of distance matching (`evaluation.protocols.match_by_distance`).
ScoresPath = NewType("ScoresPath", Path)
# JSON file: labels and rows of a confusion matrix.
ConfusionPath = NewType("ConfusionPath", Path)
# HTML and Markdown files for people.
PagePath = NewType("PagePath", Path)
MarkdownPath = NewType("MarkdownPath", Path)
# Folder: a model for use elsewhere (`serving.files`).
ModelPath = NewType("ModelPath", Path)
# Zip for the benchmark's server (`evaluation.protocols.submission`).
SubmissionPath = NewType("SubmissionPath", Path)

SUFFIXES: dict[Any, str] = {
    PointerPath: ".json",
    ImageLabelsPath: ".parquet",
    PromptsPath: ".parquet",
    ClusterCurvePath: ".json",
    LearningPath: ".json",
    LabelQualityPath: ".json",
    MaskQualityPath: ".json",
    BaselinesPath: ".json",
    ResultPath: ".json",
    ConfusionPath: ".json",
    PagePath: ".html",
    MarkdownPath: ".md",
}
"""How files of a kind, and of those derived from it, are named; the other kinds are folders."""


def suffix_of(kind: Any) -> str:
    """What the name of a file of `kind`, or of either of two, ends in; "" for a folder."""
    kind = (get_args(kind) or (kind,))[0]
    while kind is not Path:
        if kind in SUFFIXES:
            return SUFFIXES[kind]
        kind = kind.__supertype__
    return ""
