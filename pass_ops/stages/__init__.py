"""Every stage as a function of files: paths and settings in, files written, metadata out.

KFP components and the command line call these and nothing else. Each opens the split that it needs
of the data set, builds its typed settings and runs under a tracker; see `engine.stage.run_stage`
for what is returned.
"""

from pass_ops.stages.clustering import cluster, cluster_aligned, cluster_selected
from pass_ops.stages.denoising import (
    classify_images,
    infer_image_labels,
    select_by_distance,
    select_small_loss,
    train_classifier,
)
from pass_ops.stages.distance import evaluate_by_distance
from pass_ops.stages.evaluation import (
    diagnose,
    diagnose_labels,
    diagnose_masks,
    evaluate,
    measure_baselines,
)
from pass_ops.stages.masks import apply_crf, make_regions, prompt_masks, refine_labels
from pass_ops.stages.models import fetch_model
from pass_ops.stages.preparation import resolve_config, validate_data
from pass_ops.stages.pseudo_labels import make_coarse_labels, search_threshold
from pass_ops.stages.reporting import report, report_evaluation
from pass_ops.stages.representation import pretrain, train_pixel_attention
from pass_ops.stages.segmentation import choose_checkpoint, predict, train_segmenter

__all__ = [
    "apply_crf",
    "choose_checkpoint",
    "classify_images",
    "cluster",
    "cluster_aligned",
    "cluster_selected",
    "diagnose",
    "diagnose_labels",
    "diagnose_masks",
    "evaluate",
    "evaluate_by_distance",
    "fetch_model",
    "infer_image_labels",
    "make_coarse_labels",
    "make_regions",
    "measure_baselines",
    "predict",
    "pretrain",
    "prompt_masks",
    "refine_labels",
    "report",
    "report_evaluation",
    "resolve_config",
    "search_threshold",
    "select_by_distance",
    "select_small_loss",
    "train_classifier",
    "train_pixel_attention",
    "train_segmenter",
    "validate_data",
]
