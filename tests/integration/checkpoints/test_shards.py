"""Stages that work piece by piece, ended in the middle and run again, or shared by several tasks,
write the same files.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pass_ops.clustering.centroids import Centroids
from pass_ops.clustering.files import save_features
from pass_ops.clustering.kmeans import kmeans
from pass_ops.config.resolve import resolve
from pass_ops.engine.checkpoints import shards
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.paths import CentroidsPath, FeaturesPath
from pass_ops.stages.run import run_stage
from pass_ops.storage.s3 import names_below, remove
from pipelines.servers.endpoints import DATA_BUCKET
from tests.integration.checkpoints.trainings import Trainings

OUTPUTS = {
    "cluster": ("features", "centroids", "labels"),
    "cluster_selected": ("selected_2", "selected_3", "centroids", "labels"),
    "infer_image_labels": ("labels",),
    "classify_images": ("labels",),
    "choose_checkpoint": ("weights",),
    "search_threshold": ("curve",),
    "diagnose": ("learning",),
    "make_coarse_labels": ("coarse_maps", "attention_maps", "prompts"),
    "apply_crf": ("crf_maps",),
    "make_regions": ("regions",),
    "refine_labels": ("refined_maps",),
    "prompt_masks": ("painted_maps",),
    "predict_split": ("predicted_maps",),
}
"""Stages, with what they write."""
GOES_ON = {
    "cluster": "after 7 of 30 restarts",
    "cluster_selected": "after 10 of 31 restarts-of-round-1",
    "infer_image_labels": "after 10 of 12 batches",
    "classify_images": "after 10 of 12 batches",
    "choose_checkpoint": "after 1 of 2 checkpoints",
    "search_threshold": "after 5 of 12 images",
    "diagnose": "after 1 of 6 train-batches-pre-trained",
}
"""What they say, with shards of five pieces, or of one; after ten images if nothing else."""
LAST = {"choose_checkpoint": 1, "search_threshold": 7, "diagnose": 12}
"""Pieces after which they are ended, if not after 11."""
NEEDS = {
    "make_coarse_labels": ("search_threshold",),
    "infer_image_labels": ("train_classifier",),
    "classify_images": ("train_classifier",),
    "apply_crf": ("make_coarse_labels",),
    "refine_labels": ("apply_crf", "make_regions"),
    "prompt_masks": ("make_coarse_labels", "refine_labels"),
}
"""Stages whose outputs they read."""
SHARED = {
    "cluster": 1,
    "make_coarse_labels": 14,
    "apply_crf": 14,
    "make_regions": 14,
    "prompt_masks": 6,
    "predict_split": 6,
    "choose_checkpoint": 1,
}
"""Stages that can be shared, with the pieces after which the second of three tasks is ended."""
QUICK = ("cluster", "cluster_selected", "infer_image_labels", "apply_crf", "predict_split")


class Undisturbed:
    """Runs of the stages that nothing ends.

    Args:
        values: of each stage's fields.
    """

    def __init__(self, values: dict[str, dict[str, Any]]) -> None:
        self.values = values
        self.metrics: dict[str, dict[str, Any]] = {}

    def run(self, stage: str) -> dict[str, Any]:
        """The metrics of a stage, which runs once, and those that it needs before it."""
        for need in NEEDS.get(stage, ()):
            self.run(need)
        if stage not in self.metrics:
            self.metrics[stage] = run_stage(stage, **self.values[stage])
        return self.metrics[stage]


@pytest.fixture(scope="module")
def uses(
    trainings: Trainings, clustered: Path, tmp_path_factory: pytest.TempPathFactory
) -> Undisturbed:
    """The stages on the synthetic images."""
    folder, whole = trainings.folder, tmp_path_factory.mktemp("whole")
    settings = resolve(
        profile="smoke",
        overrides={"search_threshold.resize": 36, "make_coarse_labels.resize": 36},
        seed=31,
        compat="fixed",
    )
    data = {"dataset": str(folder / "dataset.json")}
    network = {"weights": str(folder / "attention"), "centroids": str(clustered / "centroids")}
    plant(whole)
    stage, values = trainings.use("train_segmenter", whole, 60)
    run_stage(stage, **values)
    coarse = {name: str(whole / name) for name in ("coarse_maps", "attention_maps", "prompts")}
    _, classifier = trainings.use("train_classifier_f", whole / "f", 60)
    clustering = settings["cluster"] | {"batch_size": 8, "restarts": 30}
    classes = {
        **data,
        "name": "f",
        "checkpoints": classifier["checkpoints"],
        "config": settings["infer_image_labels"] | {"resize": 36, "crop": 32, "batch_size": 2},
    }
    masks = {"mask_back_end": "classical", "mask_weights": ""}
    values = {
        "train_classifier": classifier,
        "cluster": {
            **data,
            "weights": str(folder / "attention"),
            "config": clustering | {"resize": 36, "crop": 32},
            "features": str(whole / "features"),
            "centroids": str(whole / "centroids"),
            "labels": str(whole / "labels"),
        },
        "cluster_selected": {
            "features": str(whole / "planted"),
            "previous": str(whole / "planted-centroids"),
            "config": clustering,
            "selection": settings["select_by_distance"],
            "selected_2": str(whole / "again" / "selected_2"),
            "selected_3": str(whole / "again" / "selected_3"),
            "centroids": str(whole / "again" / "centroids"),
            "labels": str(whole / "again" / "labels"),
        },
        "infer_image_labels": {
            **classes,
            "given": str(folder / "images.parquet"),
            "labels": str(whole / "inferred"),
        },
        "classify_images": {**classes, "split": "train", "labels": str(whole / "classified")},
        "choose_checkpoint": {
            **data,
            "name": "round_1",
            "checkpoints": str(whole / "checkpoints"),
            "config": settings["choose_checkpoint"],
            "prediction": settings["predict"] | {"sizes": [32]},
            "weights": str(whole / "chosen"),
        },
        "search_threshold": {
            **data,
            **network,
            "config": settings["search_threshold"],
            "curve": str(whole / "curve"),
        },
        "diagnose": {
            **data,
            "untrained": str(folder / "pretrained"),
            "pretrained": str(folder / "pretrained"),
            "attention": str(folder / "attention"),
            "config": settings["diagnose"] | {"resize": 36, "crop": 32, "batch_size": 4},
            "learning": str(whole / "learning"),
        },
        "make_coarse_labels": {
            **data,
            **network,
            "curve": str(whole / "curve"),
            "config": settings["make_coarse_labels"],
            **coarse,
        },
        "apply_crf": {
            **data,
            "coarse_maps": coarse["coarse_maps"],
            "config": settings["apply_crf"],
            "crf_maps": str(whole / "crf_maps"),
        },
        "make_regions": {
            **data,
            **masks,
            "config": settings["make_regions"],
            "regions": str(whole / "regions"),
        },
        "refine_labels": {
            "crf_maps": str(whole / "crf_maps"),
            "regions": str(whole / "regions"),
            "config": settings["refine_labels"],
            "refined_maps": str(whole / "refined_maps"),
        },
        "prompt_masks": {
            **data,
            **masks,
            "name": "round_1",
            "split": "train",
            "label_maps": str(whole / "refined_maps"),
            "prompts": coarse["prompts"],
            "attention_maps": coarse["attention_maps"],
            "image_labels": str(clustered / "labels.parquet"),
            "config": settings["prompt_masks_round_1"],
            "painted_maps": str(whole / "painted_maps"),
        },
        "predict_split": {
            **data,
            "name": "round_1",
            "split": "train",
            "weights": str(whole / "checkpoints" / "epoch-0002"),
            "config": settings["predict"] | {"sizes": [32]},
            "predicted_maps": str(whole / "predicted_maps"),
        },
    }
    return Undisturbed(values)


def plant(folder: Path) -> None:
    """Write descriptors in six bundles of directions, and their centroids."""
    rng = np.random.default_rng(31)
    rows = np.eye(6, 16)[np.arange(60) % 6] + rng.normal(scale=0.1, size=(60, 16))
    features = rows.astype(np.float32)
    keys = tuple(f"{number:02}" for number in range(len(rows)))
    save_features(FeaturesPath(folder / "planted"), keys, features)
    clusters = kmeans(features=features, clusters=6, iterations=5, restarts=3, seed=31)
    Centroids(
        values=clusters.centroids, label_space="clustering-1", objectives=clusters.objectives
    ).save(CentroidsPath(folder / "planted-centroids"))


def content(path: Path) -> dict[str, bytes]:
    """Every file below a path."""
    files = [path] if path.is_file() else sorted(path.rglob("*"))
    return {str(file.relative_to(path)): file.read_bytes() for file in files if file.is_file()}


@pytest.mark.parametrize(
    "stage",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in OUTPUTS],
)
def test_a_stage_that_is_ended_and_run_again_writes_the_same(
    *,
    uses: Undisturbed,
    stage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv(PLACE, raising=False)
    expected, values = uses.run(stage), uses.values[stage]
    monkeypatch.setenv(PLACE, str(tmp_path / "checkpoints"))
    monkeypatch.setattr(shards, "PIECES", 1 if stage == "choose_checkpoint" else 5)
    add = Shards.add

    def add_and_end(self: Shards, part: str, key: str, arrays: Arrays) -> None:
        add(self, part, key, arrays)
        added.append(key)
        if len(added) == LAST.get(stage, 11):
            signal.raise_signal(signal.SIGTERM)

    added: list[str] = []
    monkeypatch.setattr(Shards, "add", add_and_end)
    again = values | {name: str(tmp_path / name) for name in OUTPUTS[stage]}
    with pytest.raises(SystemExit) as end:
        run_stage(stage, **again)
    assert end.value.code == 143
    assert not any((tmp_path / name).exists() for name in OUTPUTS[stage])
    found = run_stage(stage, **again)
    assert f"goes on {GOES_ON.get(stage, 'after 10 of ')}" in capsys.readouterr().out
    unlike = {"seconds", "peak_rss_mb"}
    assert {name: value for name, value in found.items() if name not in unlike} == {
        name: value for name, value in expected.items() if name not in unlike
    }
    for name in OUTPUTS[stage]:
        assert content(tmp_path / name) == content(Path(values[name]))


@pytest.mark.parametrize(
    "stage",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in SHARED],
)
def test_a_stage_that_three_tasks_share_writes_the_same(
    *,
    uses: Undisturbed,
    stage: str,
    s3_settings: None,  # noqa: ARG001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.delenv(PLACE, raising=False)
    expected, values = uses.run(stage), uses.values[stage]
    place = f"s3://{DATA_BUCKET}/{tmp_path.name}"
    monkeypatch.setenv(PLACE, place)
    monkeypatch.setattr(shards, "PIECES", 1)
    add, added = Shards.add, list[str]()
    pieces_left = [SHARED[stage]]

    def add_and_end(self: Shards, part: str, key: str, arrays: Arrays) -> None:
        add(self, part, key, arrays)
        added.append(part)
        pieces_left[0] -= 1
        if not pieces_left[0]:
            signal.raise_signal(signal.SIGTERM)

    def run(node: str, **share: str) -> dict[str, Any]:
        """The metrics of a task on a node of this name, which has a disk of its own."""
        added.clear()
        outputs = {name: str(tmp_path / node / name) for name in OUTPUTS[stage]}
        return run_stage(stage, **values | outputs | share)

    monkeypatch.setattr(Shards, "add", add_and_end)
    with pytest.raises(SystemExit) as end:
        run("killed", share="2/3")
    assert end.value.code == 143
    made: dict[int, int] = {}
    for number in (3, 2, 1):
        found = run(str(number), share=f"{number}/3")
        assert found["stage"].endswith(f"_{number}_of_3")
        assert not any((tmp_path / str(number) / name).exists() for name in OUTPUTS[stage])
        made[number] = len(added)
    # What the ended task has kept is not made again; the others were not disturbed.
    assert made[2] + SHARED[stage] <= max(made[1], made[3]) + 1
    capsys.readouterr()
    found = run("whole")
    assert "goes on after" in capsys.readouterr().out
    assert not set(added) & {"images", "batches", "checkpoints"}
    unlike = {"seconds", "peak_rss_mb"}
    assert {name: value for name, value in found.items() if name not in unlike} == {
        name: value for name, value in expected.items() if name not in unlike
    }
    for name in OUTPUTS[stage]:
        assert content(tmp_path / "whole" / name) == content(Path(values[name]))
    if stage == "apply_crf":
        lost = next(one for one in names_below(place) if "share-0001-of-0003/kept" in one)
        remove(f"{place}/{lost}")
        run("again")
        assert added
        assert content(tmp_path / "again" / "crf_maps") == content(Path(values["crf_maps"]))
