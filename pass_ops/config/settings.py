"""The settings of a run: which stages have some, and of which class."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, get_type_hints

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.clustering import ClusterCountConfig, ClusteringConfig
from pass_ops.config.denoising import DistanceSelectionConfig, InferenceConfig, SmallLossConfig
from pass_ops.config.evaluation import DiagnosisConfig, EvaluationConfig
from pass_ops.config.masks import CrfConfig, PromptConfig, RefinementConfig, RegionsConfig
from pass_ops.config.pseudo_labels import CoarseLabelsConfig, ThresholdConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.segmentation import (
    CheckpointChoiceConfig,
    CompletionConfig,
    PredictionConfig,
    SegmentationConfig,
)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of every stage that has some, in the order in which stages run.

    Classifiers and rounds share a stage each and have settings of their own, but d has those of c.

    Attributes:
        pretrain … diagnose: of the stage of this name.
        select_by_distance: of the selections of cluster_selected.
    """

    pretrain: PretrainConfig
    train_pixel_attention: PixelAttentionConfig
    choose_clusters: ClusterCountConfig
    cluster: ClusteringConfig
    train_classifier_f: ClassifierConfig
    train_classifier_g: ClassifierConfig
    train_classifier_h: ClassifierConfig
    train_classifier_c: ClassifierConfig
    infer_image_labels: InferenceConfig
    select_small_loss: SmallLossConfig
    select_by_distance: DistanceSelectionConfig
    search_threshold: ThresholdConfig
    make_coarse_labels: CoarseLabelsConfig
    apply_crf: CrfConfig
    make_regions: RegionsConfig
    refine_labels: RefinementConfig
    prompt_masks_round_1: PromptConfig
    prompt_masks_round_2: PromptConfig
    train_segmenter: SegmentationConfig
    choose_checkpoint: CheckpointChoiceConfig
    predict: PredictionConfig
    complete_predictions: CompletionConfig
    evaluate: EvaluationConfig
    diagnose: DiagnosisConfig


CONFIGS: dict[str, type[Any]] = get_type_hints(Settings)
"""The class of each stage's settings by the stage's key in profiles and overrides."""


@dataclass(frozen=True, kw_only=True)
class RunInfo:
    """What a run is of, as reports name it.

    Attributes:
        data: address of the data set.
        profile, seed, compat: as chosen.
        mask_backend: what makes masks: sam, onnx or classical.
        initial_weights: what all training begins with: "random", or whose weights these are.
        overrides: settings on top of the profile's, as chosen.
        data_digest: of the data set's content.
        commit: of the code; empty if unknown.
        pipeline_version: of the compiled pipeline; empty without one.
        name: of the KFP run; empty without one.
    """

    data: str
    profile: str
    seed: int
    compat: str
    mask_backend: str
    initial_weights: str = "random"
    overrides: dict[str, Any] = field(default_factory=dict)
    data_digest: str = ""
    commit: str = ""
    pipeline_version: str = ""
    name: str = ""
