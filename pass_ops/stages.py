"""Every stage as a function of files: paths and settings in, files written, metadata out.

KFP components and the command line call these and nothing else. Each opens the split that it needs of the data set, builds
its typed settings and runs under a tracker; see `engine.stage.run_stage` for what is returned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.evaluation import DiagnosisConfig, EvaluationConfig
from pass_ops.config.pseudo_labels import CoarseLabelsConfig, ThresholdConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.config.segmentation import CheckpointChoiceConfig, PredictionConfig, SegmentationConfig
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import data_cache, one_line_errors, run_stage

Settings = Mapping[str, Any]
Metadata = dict[str, Any]


def images_of(dataset: str, split: str) -> Images:
    """Images of one split of the data set that the pointer file `dataset` names."""
    return open_images(DatasetPointer.load(Path(dataset)), split, data_cache())


def truth_of(dataset: str, split: str) -> GroundTruth:
    """Ground truth of one split."""
    return open_ground_truth(DatasetPointer.load(Path(dataset)), split, data_cache())


def categories_of(dataset: str) -> int:
    """Number of classes, K, which the benchmark gives."""
    return DatasetPointer.load(Path(dataset)).categories


def resolve_config(data_uri: str, profile: str, overrides: Settings, seed: int, compat: str) -> dict[str, dict[str, Any]]:
    """One dictionary of settings per stage, and `run`, which names what is run."""
    with one_line_errors():
        settings = resolve(profile, overrides, seed, compat)
    return {"run": {"data": data_uri, "profile": profile, "seed": seed, "compat": compat}, **settings}


def validate_data(data_uri: str, dataset: str) -> Metadata:
    """Check the data set at `data_uri`; write the pointer `dataset`."""
    from pass_ops.data.check import check_data

    def body(_: object) -> Mapping[str, float]:
        return check_data(data_uri, data_cache(), Path(dataset))

    return run_stage("validate_data", body, {"data_uri": data_uri}, (dataset,), "images")


def pretrain(dataset: str, config: Settings, weights: str, initial_weights: str) -> Metadata:
    """Step 1: write trained and untrained weights."""
    from pass_ops.representation.pretrain import STAGE
    from pass_ops.representation.pretrain import pretrain as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"), build(PretrainConfig, config), Path(weights), Path(initial_weights), tracker
        ),
        config,
        (weights, initial_weights),
        "loss",
    )


def train_pixel_attention(dataset: str, pretrained: str, config: Settings, weights: str) -> Metadata:
    """Step 2.1: write the weights of backbone and attention."""
    from pass_ops.representation.pixel_attention import STAGE
    from pass_ops.representation.pixel_attention import train_pixel_attention as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"), Path(pretrained), build(PixelAttentionConfig, config), Path(weights), tracker
        ),
        config,
        (weights,),
        "loss",
    )


def cluster(dataset: str, weights: str, config: Settings, features: str, centroids: str, labels: str) -> Metadata:
    """Step 2.2: write descriptors, centroids and image labels of the training split."""
    from pass_ops.clustering.cluster import STAGE
    from pass_ops.clustering.cluster import cluster as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(weights),
            categories_of(dataset),
            build(ClusteringConfig, config),
            Path(features),
            Path(centroids),
            Path(labels),
            tracker,
        ),
        config,
        (features, centroids, labels),
        "objective",
    )


def search_threshold(dataset: str, weights: str, centroids: str, config: Settings, curve: str) -> Metadata:
    """Step 2.3: write the threshold curve on validation; the metadata's `threshold` is the best."""
    from pass_ops.pseudo_labels.threshold import STAGE
    from pass_ops.pseudo_labels.threshold import search_threshold as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "validation"),
            truth_of(dataset, "validation"),
            Path(weights),
            Path(centroids),
            build(ThresholdConfig, config),
            Path(curve),
            tracker,
        ),
        config,
        (curve,),
        "val_miou",
    )


def make_coarse_labels(
    dataset: str,
    weights: str,
    centroids: str,
    curve: str,
    threshold: float,
    config: Settings,
    label_maps: str,
    attention: str,
    prompts: str,
) -> Metadata:
    """Step 2.4: write pixel labels, attention maps, points and image labels of the training split."""
    from pass_ops.pseudo_labels.coarse import STAGE
    from pass_ops.pseudo_labels.coarse import make_coarse_labels as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(weights),
            Path(centroids),
            Path(curve),
            threshold,
            build(CoarseLabelsConfig, config),
            Path(label_maps),
            Path(attention),
            Path(prompts),
            tracker,
        ),
        config,
        (label_maps, attention, prompts),
        "foreground",
    )


def train_segmenter(dataset: str, label_maps: str, pretrained: str, config: Settings, checkpoints: str) -> Metadata:
    """Step 5.1: write the checkpoints of a segmenter trained on `label_maps`."""
    from pass_ops.segmentation.train import STAGE
    from pass_ops.segmentation.train import train_segmenter as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "train"),
            Path(label_maps),
            Path(pretrained),
            categories_of(dataset),
            build(SegmentationConfig, config),
            Path(checkpoints),
            tracker,
        ),
        config,
        (checkpoints,),
        "loss",
    )


def choose_checkpoint(dataset: str, checkpoints: str, config: Settings, prediction: Settings, weights: str) -> Metadata:
    """Step 5.2: score every checkpoint on validation; write the chosen one."""
    from pass_ops.segmentation.choose import STAGE
    from pass_ops.segmentation.choose import choose_checkpoint as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            images_of(dataset, "validation"),
            truth_of(dataset, "validation"),
            Path(checkpoints),
            build(PredictionConfig, prediction),
            build(CheckpointChoiceConfig, config),
            Path(weights),
            tracker,
        ),
        {**config, "prediction": prediction},
        (weights,),
        "val_miou",
    )


def predict(dataset: str, split: str, weights: str, config: Settings, label_maps: str) -> Metadata:
    """Step 6.2: write the labels that a segmenter gives to every image of `split`."""
    from pass_ops.segmentation.predict import STAGE
    from pass_ops.segmentation.predict import predict as stage

    return run_stage(
        f"{STAGE}_{split}",
        lambda _: stage(images_of(dataset, split), Path(weights), build(PredictionConfig, config), Path(label_maps)),
        config,
        (label_maps,),
        "foreground",
    )


def evaluate(
    dataset: str,
    split: str,
    predictions: str,
    config: Settings,
    matching: str | None,
    evaluation: str,
    exported: str,
) -> Metadata:
    """Score the predictions on `split`; write metrics, match.json, pictures, and predictions in the ImageNet-S layout.

    `matching` is the folder of an earlier evaluation whose match.json is used; None matches on this split.
    """
    from pass_ops.evaluation.split import evaluate_split

    return run_stage(
        f"evaluate_{split}",
        lambda tracker: evaluate_split(
            images_of(dataset, split),
            truth_of(dataset, split),
            Path(predictions),
            build(EvaluationConfig, config),
            None if matching is None else Path(matching),
            Path(evaluation),
            Path(exported),
            tracker,
        ),
        config,
        (evaluation, exported),
        "miou",
    )


def diagnose(dataset: str, untrained: str, pretrained: str, attention: str, config: Settings, learning: str) -> Metadata:
    """Write what the features of three networks know of the class folders."""
    from pass_ops.evaluation.diagnose import STAGE
    from pass_ops.evaluation.diagnose import diagnose as stage

    return run_stage(
        STAGE,
        lambda tracker: stage(
            (images_of(dataset, "train"), truth_of(dataset, "train")),
            (images_of(dataset, "validation"), truth_of(dataset, "validation")),
            Path(untrained),
            Path(pretrained),
            Path(attention),
            build(DiagnosisConfig, config),
            Path(learning),
            tracker,
        ),
        config,
        (learning,),
        "pixel_attention_knn",
    )


def measure_baselines(dataset: str, baselines: str) -> Metadata:
    """Write the scores of predictions that need no training."""
    from pass_ops.evaluation.baselines import Split
    from pass_ops.evaluation.measure import measure_baselines as stage

    def body(_: object) -> Mapping[str, float]:
        splits = {split: Split(images_of(dataset, split), truth_of(dataset, split)) for split in ("validation", "test")}
        return stage(images_of(dataset, "train"), splits, Path(baselines))

    return run_stage("measure_baselines", body, {}, (baselines,), "ellipse_colour_miou")


def report(
    run: Mapping[str, Any],
    checkpoint_choice: str,
    stages: Sequence[Mapping[str, Any]],
    validation: str,
    test: str,
    learning: str,
    baselines: str,
    curve: str,
    result: str,
    page: str,
    markdown: str,
) -> Metadata:
    """Write result.json and the report."""
    from pass_ops.evaluation.summary import summarise

    inputs = [Path(path) for path in (validation, test, learning, baselines, curve)]
    outputs = [Path(path) for path in (result, page, markdown)]

    def body(_: object) -> Mapping[str, float]:
        return summarise(run, checkpoint_choice, stages, *inputs, *outputs)

    return run_stage("report", body, {}, (result, page, markdown), "validation_miou")
