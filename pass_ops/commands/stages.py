"""One command per stage, in order of execution: which files it reads, and which it writes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import typer

from pass_ops import stages
from pass_ops.commands.job import FIGURES, Job, SplitJob
from pass_ops.data.pointer import DatasetPointer
from pass_ops.stages.base import Metadata

AnyJob = TypeVar("AnyJob", bound=Job)


def add_stages(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for step in (
        pretrain, train_pixel_attention, diagnose, cluster, search_threshold, make_coarse_labels,
        train_segmenter, choose_checkpoint,
    ):  # fmt: skip
        _add(app, step, Job)
    for on_split in (predict, evaluate_split):
        _add(app, on_split, SplitJob)
    for last in (measure_baselines, report):
        _add(app, last, Job)


def _add(app: typer.Typer, body: Callable[[AnyJob], Metadata], job: type[AnyJob]) -> None:
    """Make a command of `body`; its options are the fields of `job`."""

    def command(**options: Any) -> None:
        started = job(**options)
        figures = body(started)
        started.keep(figures)
        typer.echo(f"{figures['stage']}: {figures['figure']}, {figures['seconds']:.1f} s, {figures['peak_rss_mb']:.0f} MB")

    command.__signature__ = inspect.signature(job, eval_str=True)  # type: ignore[attr-defined]  # What Typer goes by.
    app.command(body.__name__.replace("_", "-"), help=body.__doc__)(command)


def pretrain(job: Job) -> Metadata:
    """Step 1: pre-train a network without labels."""
    outputs = job.write("pretrain", "weights"), job.write("pretrain", "initial_weights")
    return stages.pretrain(job.dataset, job.settings["pretrain"], *outputs)


def train_pixel_attention(job: Job) -> Metadata:
    """Step 2.1: train pixel attention on the frozen backbone."""
    name = "train_pixel_attention"
    pretrained = job.read("pretrain", "weights")
    return stages.train_pixel_attention(job.dataset, pretrained, job.settings[name], job.write(name, "weights"))


def diagnose(job: Job) -> Metadata:
    """Judge the features by the class folders, which nothing else may read."""
    networks = (
        job.read("pretrain", "initial_weights"),
        job.read("pretrain", "weights"),
        job.read("train_pixel_attention", "weights"),
    )
    return stages.diagnose(job.dataset, *networks, job.settings["diagnose"], job.write("diagnose", "learning.json"))


def cluster(job: Job) -> Metadata:
    """Step 2.2: cluster the training images by their pooled features."""
    outputs = (job.write("cluster", artifact) for artifact in ("features", "centroids", "labels.parquet"))
    return stages.cluster(job.dataset, job.read("train_pixel_attention", "weights"), job.settings["cluster"], *outputs)


def search_threshold(job: Job) -> Metadata:
    """Step 2.3: find the attention threshold with the best mIoU on validation."""
    name = "search_threshold"
    inputs = job.read("train_pixel_attention", "weights"), job.read("cluster", "centroids")
    return stages.search_threshold(job.dataset, *inputs, job.settings[name], job.write(name, "curve"))


def make_coarse_labels(job: Job) -> Metadata:
    """Step 2.4: label the pixels of the training images."""
    name = "make_coarse_labels"
    return stages.make_coarse_labels(
        job.dataset,
        job.read("train_pixel_attention", "weights"),
        job.read("cluster", "centroids"),
        job.read("search_threshold", "curve"),
        float(job.figures("search_threshold")["threshold"]),
        job.settings[name],
        *(job.write(name, artifact) for artifact in ("label_maps", "attention", "prompts.parquet")),
    )


def train_segmenter(job: Job) -> Metadata:
    """Step 5.1: train a segmenter on the labels."""
    name = "train_segmenter"
    inputs = job.read("make_coarse_labels", "label_maps"), job.read("pretrain", "weights")
    return stages.train_segmenter(job.dataset, *inputs, job.settings[name], job.write(name, "checkpoints"))


def choose_checkpoint(job: Job) -> Metadata:
    """Step 5.2: score the segmenter's checkpoints on validation, and keep one."""
    name = "choose_checkpoint"
    checkpoints = job.read("train_segmenter", "checkpoints")
    settings = job.settings[name], job.settings["predict"]
    return stages.choose_checkpoint(job.dataset, checkpoints, *settings, job.write(name, "weights"))


def predict(job: SplitJob) -> Metadata:
    """Step 6.2: label the pixels of a split with the segmenter."""
    weights = job.read("choose_checkpoint", "weights")
    label_maps = job.write(f"predict_{job.split}", "label_maps")
    return stages.predict(job.dataset, job.split, weights, job.settings["predict"], label_maps)


def evaluate_split(job: SplitJob) -> Metadata:
    """Score what predict wrote for a split, validation first: its matching serves the others."""
    name = f"evaluate_{job.split}"
    predictions = job.read(f"predict_{job.split}", "label_maps")
    matching = None if job.split == "validation" else job.read("evaluate_validation", "evaluation")
    artifacts = ("evaluation", "exported", "confusion.json", "page.html", "scores.md")
    outputs = (job.write(name, artifact) for artifact in artifacts)
    return stages.evaluate(job.dataset, job.split, predictions, job.settings["evaluate"], matching, *outputs)


def measure_baselines(job: Job) -> Metadata:
    """Score predictions that need no training."""
    return stages.measure_baselines(job.dataset, job.write("measure_baselines", "baselines.json"))


def report(job: Job) -> Metadata:
    """Write result.json and the report of everything that the other stages measured."""
    run = {"data": DatasetPointer.load(Path(job.dataset)).uri} | {
        name: getattr(job, name) for name in ("profile", "seed", "compat")
    }
    measured = sorted(job.folder.glob(f"*/{FIGURES}"), key=lambda path: path.stat().st_mtime)
    inputs = (
        job.dataset,
        job.read("evaluate_validation", "evaluation"),
        job.read("evaluate_test", "evaluation"),
        job.read("diagnose", "learning.json"),
        job.read("measure_baselines", "baselines.json"),
        job.read("search_threshold", "curve"),
        job.read("cluster", "labels.parquet"),
    )
    outputs = (job.write("report", name) for name in ("result.json", "report.html", "report.md"))
    choice = job.settings["choose_checkpoint"]["by"]
    return stages.report(run, choice, [job.figures(path.parent.name) for path in measured], *inputs, *outputs)
