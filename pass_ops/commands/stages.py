"""One command per stage, in order of execution: which files it reads, and which it writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from pass_ops import stages
from pass_ops.commands import masks
from pass_ops.commands.denoise import denoise
from pass_ops.commands.job import DenoiseJob, Job, MaskJob, RoundJob, SplitJob, add_command
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.pointer import DatasetPointer
from pass_ops.stages.base import Metadata

AnyJob = TypeVar("AnyJob", bound=Job)


def add_stages(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for step in (pretrain, train_pixel_attention, diagnose):
        _add(app, step, Job)
    add_command(app, "denoise", denoise.__doc__, denoise, DenoiseJob)
    _add(app, search_threshold, Job)
    for on_split in (
        masks.make_coarse_labels,
        masks.apply_crf,
        masks.refine_labels,
        masks.classify_images,
        evaluate_split,
    ):
        _add(app, on_split, SplitJob)
    for with_masks in (masks.make_regions, masks.prompt_masks):
        _add(app, with_masks, MaskJob)
    for in_round in (masks.train_segmenter, masks.choose_checkpoint, masks.predict):
        _add(app, in_round, RoundJob)
    for last in (masks.diagnose_masks, measure_baselines, report):
        _add(app, last, Job)


def _add(app: typer.Typer, body: Callable[[AnyJob], Metadata], job: type[AnyJob]) -> None:
    """Make a command of one stage."""

    def run(started: AnyJob) -> None:
        started.keep(body(started))

    add_command(app, body.__name__, body.__doc__, run, job)


def pretrain(job: Job) -> Metadata:
    """Step 1: pre-train a network without labels."""
    outputs = job.write("pretrain", "weights"), job.write("pretrain", "initial_weights")
    return stages.pretrain(job.dataset, job.settings["pretrain"], *outputs)


def train_pixel_attention(job: Job) -> Metadata:
    """Step 2.1: train pixel attention on the frozen backbone."""
    name = "train_pixel_attention"
    pretrained = job.read("pretrain", "weights")
    return stages.train_pixel_attention(
        job.dataset, pretrained, job.settings[name], job.write(name, "weights")
    )


def diagnose(job: Job) -> Metadata:
    """Judge the features by the class folders, which nothing else may read."""
    networks = (
        job.read("pretrain", "initial_weights"),
        job.read("pretrain", "weights"),
        job.read("train_pixel_attention", "weights"),
    )
    return stages.diagnose(
        job.dataset, *networks, job.settings["diagnose"], job.write("diagnose", "learning.json")
    )


def search_threshold(job: Job) -> Metadata:
    """Step 2.3: find the attention threshold with the best mIoU on validation."""
    name = "search_threshold"
    inputs = job.read("train_classifier_h", "last"), job.read("cluster_3", "centroids")
    return stages.search_threshold(
        job.dataset, *inputs, job.settings[name], job.write(name, "curve")
    )


def evaluate_split(job: SplitJob) -> Metadata:
    """Score what predict wrote for a split, validation first: its matching serves the others."""
    name = f"evaluate_{job.split}"
    predictions = job.read(f"predict_{job.split}", "label_maps")
    matching = None if job.split == "validation" else job.read("evaluate_validation", "evaluation")
    artifacts = ("evaluation", "exported", "confusion.json", "page.html", "scores.md")
    outputs = (job.write(name, artifact) for artifact in artifacts)
    return stages.evaluate(
        job.dataset, job.split, predictions, job.settings["evaluate"], matching, *outputs
    )


def measure_baselines(job: Job) -> Metadata:
    """Score predictions that need no training."""
    return stages.measure_baselines(job.dataset, job.write("measure_baselines", "baselines.json"))


def report(job: Job) -> Metadata:
    """Write result.json and the report of everything that the other stages measured."""
    made_by = LabelMaps(Path(job.read("prompt_masks_round_2", "label_maps"))).meta["masks_by"]
    run = {"data": DatasetPointer.load(Path(job.dataset)).uri, "mask_backend": made_by} | {
        name: getattr(job, name) for name in ("profile", "seed", "compat")
    }
    inputs = (
        job.dataset,
        job.read("evaluate_validation", "evaluation"),
        job.read("evaluate_test", "evaluation"),
        job.read("diagnose", "learning.json"),
        job.read("diagnose_labels", "quality.json"),
        job.read("diagnose_masks", "quality.json"),
        job.read("measure_baselines", "baselines.json"),
        job.read("search_threshold", "curve"),
        job.read("cluster_3", "labels.parquet"),
    )
    outputs = (job.write("report", name) for name in ("result.json", "report.html", "report.md"))
    choice = job.settings["choose_checkpoint"]["by"]
    return stages.report(run, choice, *inputs, *outputs)
