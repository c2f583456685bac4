"""Commands of mask making and of the two rounds of segmentation: which files they read and
write.
"""

from __future__ import annotations

from pass_ops import stages
from pass_ops.commands.job import Job, MaskJob, RoundJob, SplitJob
from pass_ops.stages.base import Metadata

IMAGE_LABELS = "infer_image_labels_c", "labels.parquet"


def make_coarse_labels(job: SplitJob) -> Metadata:
    """Step 2.4: label the pixels of a split."""
    stage = f"make_coarse_labels_{job.split}"
    return stages.make_coarse_labels(
        job.dataset,
        job.split,
        job.read("train_classifier_h", "last"),
        job.read("cluster_3", "centroids"),
        job.read("search_threshold", "curve"),
        float(job.figures("search_threshold")["threshold"]),
        job.settings["make_coarse_labels"],
        *(
            job.write(stage, artifact)
            for artifact in ("label_maps", "attention", "prompts.parquet")
        ),
    )


def apply_crf(job: SplitJob) -> Metadata:
    """Step 4.3: move the borders of coarse labels to those of the image's colours."""
    maps = job.read(f"make_coarse_labels_{job.split}", "label_maps")
    output = job.write(f"apply_crf_{job.split}", "label_maps")
    return stages.apply_crf(job.dataset, job.split, maps, job.settings["apply_crf"], output)


def make_regions(job: MaskJob) -> Metadata:
    """Step 4.3: find all that can be told apart in every image."""
    regions = job.write(f"make_regions_{job.split}", "regions")
    settings = job.settings["make_regions"]
    return stages.make_regions(
        job.dataset, job.split, job.mask_back_end, job.mask_weights, settings, regions
    )


def refine_labels(job: SplitJob) -> Metadata:
    """Step 4.3: give label maps the outlines of masks."""
    inputs = (
        job.read(f"apply_crf_{job.split}", "label_maps"),
        job.read(f"make_regions_{job.split}", "regions"),
    )
    output = job.write(f"refine_labels_{job.split}", "label_maps")
    return stages.refine_labels(job.split, *inputs, job.settings["refine_labels"], output)


def classify_images(job: SplitJob) -> Metadata:
    """Label the images of validation or test with classifier c, for measuring the masks."""
    checkpoints = job.read("train_classifier_c", "checkpoints")
    labels = job.write(f"classify_images_{job.split}", "labels.parquet")
    return stages.classify_images(
        "c", job.dataset, job.split, checkpoints, job.settings["infer_image_labels"], labels
    )


def prompt_masks(job: MaskJob) -> Metadata:
    """Steps 4.4 and 4.5, or 5.4 and 5.5 with --round 2: prompted masks, painted with image
    labels.
    """
    on_train = job.split == "train"
    name = f"round_{job.round}" if on_train else job.split
    labels = IMAGE_LABELS if on_train else (f"classify_images_{job.split}", "labels.parquet")
    maps = "predict_train_round_1" if job.round == 2 else f"refine_labels_{job.split}"
    return stages.prompt_masks(
        name,
        job.dataset,
        job.split,
        job.mask_back_end,
        job.mask_weights,
        job.read(maps, "label_maps"),
        job.read(f"make_coarse_labels_{job.split}", "prompts.parquet"),
        job.read(f"make_coarse_labels_{job.split}", "attention"),
        job.read(*labels),
        job.settings[f"prompt_masks_round_{job.round}"],
        job.write(f"prompt_masks_{name}", "label_maps"),
    )


def train_segmenter(job: RoundJob) -> Metadata:
    """Steps 5.1 and 6.1: train a segmenter on the painted masks."""
    name = f"round_{job.round}"
    inputs = (
        job.read(f"prompt_masks_{name}", "label_maps"),
        job.read(*IMAGE_LABELS),
        job.read("pretrain", "weights"),
    )
    checkpoints = job.write(f"train_segmenter_{name}", "checkpoints")
    return stages.train_segmenter(
        name, job.dataset, *inputs, job.settings["train_segmenter"], checkpoints
    )


def choose_checkpoint(job: RoundJob) -> Metadata:
    """Step 5.2: score the segmenter's checkpoints on validation, and keep one."""
    name = f"round_{job.round}"
    checkpoints = job.read(f"train_segmenter_{name}", "checkpoints")
    settings = job.settings["choose_checkpoint"], job.settings["predict"]
    weights = job.write(f"choose_checkpoint_{name}", "weights")
    return stages.choose_checkpoint(name, job.dataset, checkpoints, *settings, weights)


def predict(job: RoundJob) -> Metadata:
    """Steps 5.3 and 6.2: label the pixels of a split with the segmenter of a round."""
    weights = job.read(f"choose_checkpoint_round_{job.round}", "weights")
    name = f"{job.split}_round_1" if job.round == 1 else job.split
    label_maps = job.write(f"predict_{name}", "label_maps")
    return stages.predict(
        name, job.dataset, job.split, weights, job.settings["predict"], label_maps
    )


def diagnose_masks(job: Job) -> Metadata:
    """Score the label maps of validation and test after every step."""
    steps = {
        "coarse labels": "make_coarse_labels_{}",
        "+ CRF": "apply_crf_{}",
        "+ refinement": "refine_labels_{}",
        "prompted masks": "prompt_masks_{}",
        "round 1": "predict_{}_round_1",
        "round 2": "predict_{}",
    }
    maps = {
        step: (
            job.read(stage.format("validation"), "label_maps"),
            job.read(stage.format("test"), "label_maps"),
        )
        for step, stage in steps.items()
    }
    outputs = job.write("diagnose_masks", "quality.json"), job.write("diagnose_masks", "quality.md")
    return stages.diagnose_masks(job.dataset, maps, *outputs)
