"""The training pipeline: from photographs to a segmenter and its scores (ALGORITHMS 2.1)."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset

from components.cluster import cluster
from components.diagnose import diagnose
from components.measure_baselines import measure_baselines
from components.report import report
from components.resolve_config import resolve_config
from components.validate_data import validate_data
from pipelines.evaluation import evaluation
from pipelines.pseudo_labels import pseudo_labels
from pipelines.representation import representation
from pipelines.segmentation import segmentation


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    result: Artifact
    report: HTML
    validation_predictions: Dataset
    test_predictions: Dataset


@dsl.pipeline(name="pass-training", description="Unsupervised semantic segmentation (PASS): pre-training to evaluation")
def training_pipeline(
    data_uri: str,
    profile: str = "imagenet-s50",
    overrides: dict = {},  # noqa: B006  KFP takes the default as JSON; nothing mutates it.
    seed: int = 31,
    compat: str = "fixed",
) -> Outputs:
    """Train and evaluate.

    Args:
        data_uri: Data set: s3://bucket/prefix written by "pass-ops data pack", or a folder in ImageNet-S layout.
        profile: Settings to start from: imagenet-s50, imagenet-s300, imagenet-s919, small or smoke.
        overrides: Settings that win over the profile's, as JSON, for example {"pretrain.epochs": 200}.
        seed: Seed of every random choice.
        compat: "fixed" repairs the published code's defects, "reference" keeps them.
    """
    settings = resolve_config(data_uri=data_uri, profile=profile, overrides=overrides, seed=seed, compat=compat).outputs
    checked = validate_data(data_uri=data_uri)
    dataset = checked.outputs["dataset"]
    floor = measure_baselines(dataset=dataset)
    features = representation(
        dataset=dataset,
        pretrain_config=settings["pretrain"],
        attention_config=settings["train_pixel_attention"],
    ).outputs
    learnt = diagnose(
        dataset=dataset,
        untrained=features["initial"],
        pretrained=features["pretrained"],
        attention=features["attention"],
        config=settings["diagnose"],
    )
    clusters = cluster(dataset=dataset, weights=features["attention"], config=settings["cluster"])
    labels = pseudo_labels(
        dataset=dataset,
        weights=features["attention"],
        centroids=clusters.outputs["centroids"],
        threshold_config=settings["search_threshold"],
        coarse_config=settings["make_coarse_labels"],
    ).outputs
    segmenter = segmentation(
        dataset=dataset,
        label_maps=labels["label_maps"],
        pretrained=features["pretrained"],
        train_config=settings["train_segmenter"],
        choice_config=settings["choose_checkpoint"],
        predict_config=settings["predict"],
    ).outputs
    scores = evaluation(
        dataset=dataset,
        weights=segmenter["weights"],
        predict_config=settings["predict"],
        evaluate_config=settings["evaluate"],
    ).outputs
    written = report(
        run=settings["run"],
        choice=settings["choose_checkpoint"],
        validate_data=checked.outputs["metrics"],
        pretrain=features["pretrain_metrics"],
        train_pixel_attention=features["attention_metrics"],
        cluster=clusters.outputs["metrics"],
        search_threshold=labels["threshold_metrics"],
        make_coarse_labels=labels["coarse_metrics"],
        train_segmenter=segmenter["train_metrics"],
        choose_checkpoint=segmenter["choice_metrics"],
        predict_validation=scores["predict_validation_metrics"],
        predict_test=scores["predict_test_metrics"],
        evaluate_validation=scores["validation_metrics"],
        evaluate_test=scores["test_metrics"],
        diagnose=learnt.outputs["metrics"],
        measure_baselines=floor.outputs["metrics"],
        dataset=dataset,
        validation=scores["validation"],
        test=scores["test"],
        learning=learnt.outputs["learning"],
        baselines=floor.outputs["baselines"],
        curve=labels["curve"],
        labels=clusters.outputs["labels"],
    )
    return Outputs(
        result=written.outputs["result"],
        report=written.outputs["page"],
        validation_predictions=scores["validation_predictions"],
        test_predictions=scores["test_predictions"],
    )
