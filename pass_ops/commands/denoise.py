"""Label denoising from the command line: all of it, or a part of it on what earlier runs left."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pass_ops import stages
from pass_ops.commands.job import DenoiseJob, Job
from pass_ops.errors import ConfigError
from pass_ops.stages.base import Metadata

LABELS, SELECTED = "labels.parquet", "selected.parquet"


def cluster_1(job: Job) -> Metadata:
    """Clustering 1, by the features of step 2.1."""
    outputs = (job.write("cluster_1", artifact) for artifact in ("features", "centroids", LABELS))
    return stages.cluster(
        job.dataset, job.read("train_pixel_attention", "weights"), job.settings["cluster"], *outputs
    )


def train_classifier(name: str, targets: tuple[str, str], job: Job) -> Metadata:
    """Train a classifier on the table `targets`, (stage, file)."""
    stage = f"train_classifier_{name}"
    inputs = job.dataset, job.read(*targets), job.read("train_pixel_attention", "weights")
    outputs = job.write(stage, "checkpoints"), job.write(stage, "last")
    return stages.train_classifier(name, *inputs, job.settings[stage], *outputs)


def infer_image_labels(name: str, given: str, job: Job) -> Metadata:
    """Label all images with a classifier; `given`: the stage whose labels it judges."""
    inputs = (
        job.dataset,
        job.read(f"train_classifier_{name}", "checkpoints"),
        job.read(given, LABELS),
    )
    labels = job.write(f"infer_image_labels_{name}", LABELS)
    return stages.infer_image_labels(name, *inputs, job.settings["infer_image_labels"], labels)


def select_small_loss(name: str, job: Job) -> Metadata:
    """Keep what a classifier confirms."""
    inferred = job.read(f"infer_image_labels_{name}", LABELS)
    selected = job.write(f"select_small_loss_{name}", SELECTED)
    return stages.select_small_loss(
        name, job.dataset, inferred, job.settings["select_small_loss"], selected
    )


def cluster_2(job: Job) -> Metadata:
    """Clustering 2, by the features of h."""
    inputs = job.dataset, job.read("train_classifier_h", "last"), job.read("cluster_1", LABELS)
    outputs = (job.write("cluster_2", artifact) for artifact in ("features", "centroids", LABELS))
    return stages.cluster_aligned(*inputs, job.settings["cluster"], *outputs)


def select_by_distance(job: Job) -> Metadata:
    """Keep what lies clearly nearest to one centroid."""
    inputs = job.dataset, job.read("cluster_2", LABELS), job.settings["select_by_distance"]
    return stages.select_by_distance(*inputs, job.write("select_by_distance", SELECTED))


def cluster_3(job: Job) -> Metadata:
    """Clustering 3, of a selection."""
    inputs = job.read("cluster_2", "features"), job.read("cluster_2", "centroids")
    outputs = (job.write("cluster_3", artifact) for artifact in (SELECTED, "centroids", LABELS))
    return stages.cluster_selected(
        *inputs, job.settings["cluster"], job.settings["select_by_distance"], *outputs
    )


def diagnose_labels(job: Job) -> Metadata:
    """Compare the labels with the class folders."""
    tables = {
        "clustering 1": ("cluster_1", LABELS),
        "after f": ("infer_image_labels_f", LABELS),
        "selected by f": ("select_small_loss_f", SELECTED),
        "after g": ("infer_image_labels_g", LABELS),
        "selected by g": ("select_small_loss_g", SELECTED),
        "after h": ("infer_image_labels_h", LABELS),
        "clustering 2": ("cluster_2", LABELS),
        "selected by distance": ("select_by_distance", SELECTED),
        "clustering 3": ("cluster_3", LABELS),
        "after c": ("infer_image_labels_c", LABELS),
    }
    outputs = (
        job.write("diagnose_labels", "quality.json"),
        job.write("diagnose_labels", "quality.md"),
    )
    return stages.diagnose_labels(
        job.dataset, {step: job.read(*table) for step, table in tables.items()}, *outputs
    )


STEPS: dict[str, Callable[[Job], Metadata]] = {
    "cluster_1": cluster_1,
    "train_classifier_f": partial(train_classifier, "f", ("cluster_1", LABELS)),
    "infer_image_labels_f": partial(infer_image_labels, "f", "cluster_1"),
    "select_small_loss_f": partial(select_small_loss, "f"),
    "train_classifier_g": partial(train_classifier, "g", ("select_small_loss_f", SELECTED)),
    "infer_image_labels_g": partial(infer_image_labels, "g", "infer_image_labels_f"),
    "select_small_loss_g": partial(select_small_loss, "g"),
    "train_classifier_h": partial(train_classifier, "h", ("select_small_loss_g", SELECTED)),
    "infer_image_labels_h": partial(infer_image_labels, "h", "infer_image_labels_g"),
    "cluster_2": cluster_2,
    "select_by_distance": select_by_distance,
    "cluster_3": cluster_3,
    "train_classifier_c": partial(train_classifier, "c", ("select_by_distance", SELECTED)),
    "infer_image_labels_c": partial(infer_image_labels, "c", "cluster_2"),
    "diagnose_labels": diagnose_labels,
}


def denoise(job: DenoiseJob) -> None:
    """Steps 2.2 and 3: three clusterings, four classifiers, clean image labels; or some of the
    steps again.
    """
    names = list(STEPS)
    unknown = [name for name in (job.first, job.last) if name not in STEPS]
    if unknown:
        raise ConfigError(f"no step {unknown[0]} of denoising: the steps are {', '.join(names)}")
    chosen = names[names.index(job.first) : names.index(job.last) + 1]
    if not chosen:
        raise ConfigError(
            f"denoising runs {job.last} before {job.first}: exchange --first and --last"
        )
    for name in chosen:
        job.keep(STEPS[name](job))
