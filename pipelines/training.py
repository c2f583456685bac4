"""The training pipeline: from photographs to a segmenter and its scores (method 2.1)."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import HTML, Artifact, Dataset

from components.evaluation.diagnose import diagnose
from components.evaluation.measure_baselines import measure_baselines
from components.evaluation.report import report
from components.preparation.resolve_config import resolve_config
from components.preparation.validate_data import validate_data
from components.pseudo_labels.diagnose_masks import diagnose_masks
from components.pseudo_labels.search_threshold import search_threshold
from pipelines.placement.inputs import placed_root
from pipelines.steps.denoising import denoising
from pipelines.steps.evaluation import evaluation
from pipelines.steps.first_predictions import first_predictions
from pipelines.steps.mask_steps import mask_steps
from pipelines.steps.pseudo_labels import pseudo_labels
from pipelines.steps.representation import representation
from pipelines.steps.segmentation import segmentation


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    result: Artifact
    report: HTML
    validation_predictions: Dataset
    test_predictions: Dataset


# Steps of mask making before the segmenters.
STEPS = ("coarse", "crf", "refined", "prompted")


@dsl.pipeline(
    name="pass-training",
    description="Unsupervised semantic segmentation (PASS): pre-training to evaluation",
)
@placed_root
def training_pipeline(
    data_uri: str,
    profile: str = "imagenet-s50",
    overrides: dict = {},  # noqa: B006  KFP takes the default as JSON; nothing mutates it.
    seed: int = 31,
    compat: str = "fixed",
    mask_back_end: str = "",
    mask_weights: str = "",
    **placement,
) -> Outputs:
    """Train and evaluate.

    Args:
        data_uri: Data set: s3://bucket/prefix written by "pass-ops data pack", or a folder in
            ImageNet-S layout.
        profile: Settings to start from: imagenet-s50, imagenet-s300, imagenet-s919, small or smoke.
        overrides: Settings that win over the profile's, as JSON, for example {"pretrain.epochs":
            200}.
        seed: Seed of every random choice.
        compat: "fixed" repairs the published code's defects, "reference" keeps them.
        mask_back_end: What makes masks: sam, onnx or classical; empty for sam with weights,
            classical without.
        mask_weights: Folder or s3://bucket/prefix of its weights: for sam what "pass-ops sam
            convert" wrote; empty for none.
    """
    settings = resolve_config(
        data_uri=data_uri,
        profile=profile,
        overrides=overrides,
        seed=seed,
        compat=compat,
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
    ).outputs
    checked = validate_data(data_uri=data_uri)
    dataset = checked.outputs["dataset"]
    floor = measure_baselines(dataset=dataset)
    masks = {"mask_back_end": mask_back_end, "mask_weights": mask_weights}
    map_configs = {
        "coarse_config": settings["make_coarse_labels"],
        "crf_config": settings["apply_crf"],
        "regions_config": settings["make_regions"],
        "refine_config": settings["refine_labels"],
    }
    features = representation(
        dataset=dataset,
        pretrain_config=settings["pretrain"],
        attention_config=settings["train_pixel_attention"],
        **placement,
    ).outputs
    learnt = diagnose(
        dataset=dataset,
        untrained=features["initial"],
        pretrained=features["pretrained"],
        attention=features["attention"],
        config=settings["diagnose"],
    )
    cleaned = denoising(
        dataset=dataset,
        weights=features["attention"],
        cluster_config=settings["cluster"],
        f_config=settings["train_classifier_f"],
        g_config=settings["train_classifier_g"],
        h_config=settings["train_classifier_h"],
        c_config=settings["train_classifier_c"],
        infer_config=settings["infer_image_labels"],
        small_loss_config=settings["select_small_loss"],
        distance_config=settings["select_by_distance"],
        **placement,
    ).outputs
    pixels = {"weights": cleaned["features"], "centroids": cleaned["centroids"]}
    searched = search_threshold(dataset=dataset, config=settings["search_threshold"], **pixels)
    cut = {"curve": searched.outputs["curve"], "threshold": searched.outputs["Output"]}
    labels = pseudo_labels(
        dataset=dataset, split="train", **pixels, **cut, **masks, **map_configs, **placement
    ).outputs
    rounds = {
        "dataset": dataset,
        "prompts": labels["prompts"],
        "attention": labels["attention"],
        "image_labels": cleaned["image_labels"],
        "pretrained": features["pretrained"],
        "train_config": settings["train_segmenter"],
        "choice_config": settings["choose_checkpoint"],
        "predict_config": settings["predict"],
        **masks,
        **placement,
    }
    first = segmentation(
        name="round_1",
        label_maps=labels["refined"],
        prompt_config=settings["prompt_masks_round_1"],
        **rounds,
    ).outputs["weights"]
    predicted = first_predictions(
        dataset=dataset, weights=first, predict_config=settings["predict"], **placement
    ).outputs
    second = segmentation(
        name="round_2",
        label_maps=predicted["train"],
        prompt_config=settings["prompt_masks_round_2"],
        **rounds,
    ).outputs["weights"]
    scores = evaluation(
        dataset=dataset,
        weights=second,
        predict_config=settings["predict"],
        evaluate_config=settings["evaluate"],
        **placement,
    ).outputs
    steps = {
        split: mask_steps(
            dataset=dataset,
            split=split,
            features=cleaned["features"],
            centroids=cleaned["centroids"],
            classifier=cleaned["classifier"],
            infer_config=settings["infer_image_labels"],
            prompt_config=settings["prompt_masks_round_1"],
            **cut,
            **masks,
            **map_configs,
            **placement,
        ).outputs
        for split in ("validation", "test")
    }
    judged = diagnose_masks(
        dataset=dataset,
        **{f"{split}_{step}": maps[step] for split, maps in steps.items() for step in STEPS},
        **{f"{split}_round_1": predicted[split] for split in steps},
        **{f"{split}_round_2": scores[f"{split}_maps"] for split in steps},
    ).outputs
    written = report(
        run=settings["run"],
        choice=settings["choose_checkpoint"],
        dataset=dataset,
        validation=scores["validation"],
        test=scores["test"],
        learning=learnt.outputs["learning"],
        label_quality=cleaned["quality"],
        mask_quality=judged["quality"],
        baselines=floor.outputs["baselines"],
        curve=cut["curve"],
        labels=cleaned["clusters"],
    )
    return Outputs(
        result=written.outputs["result"],
        report=written.outputs["page"],
        validation_predictions=scores["validation_predictions"],
        test_predictions=scores["test_predictions"],
    )
