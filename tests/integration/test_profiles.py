"""The paper's profiles through every stage, with only sizes and epochs cut (method 22)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pass_ops.clustering.centroids import Centroids
from pass_ops.config.resolve import resolve
from pass_ops.config.settings import RunInfo
from pass_ops.data.codec import encode_mask
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.evaluation.report.result import Result
from pass_ops.graph.recorder import Parameter, Setting, training_tasks
from pass_ops.models.weights import load_card
from pass_ops.paths import AttentionMapsPath, CentroidsPath, LabelMapsPath
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.stages.run import run_stage

VIEWS = {"sizes": [64]}
CLASSIFIER = {"crop": 64, "epochs": 1, "ensemble_epochs": 1, "batch_size": 8, "workers": 1}
CROP = {"resize": 72, "crop": 64}
MASK_STAGES = (
    "apply_crf",
    "make_regions",
    "refine_labels",
    "prompt_masks_round_1",
    "prompt_masks_round_2",
)
CUT: dict[str, Any] = {
    "pretrain": {
        "network": {"width": 8, "hidden_dim": 32, "feat_dim": 16, "prototypes": 24},
        "views": VIEWS,
        "swav": {"queue_length": 16, "queue_start_epoch": 1, "freeze_prototypes_iterations": 1},
        "epochs": 3,
        "batch_size": 8,
        "workers": 1,
    },
    "train_pixel_attention": {
        "views": VIEWS,
        "swav": {"queue_length": 16},
        "epochs": 2,
        "batch_size": 8,
        "workers": 1,
    },
    "cluster": {**CROP, "restarts": 4},
    **{f"train_classifier_{name}": CLASSIFIER for name in "fghc"},
    "infer_image_labels": CROP,
    "search_threshold": {"resize": 64, "workers": 1},
    "make_coarse_labels": {"resize": 64, "workers": 1},
    **{f"{stage}.processes": 1 for stage in MASK_STAGES},
    # The rate goes with the batch: by 0.6, round 1 would learn to predict nothing.
    "train_segmenter": {
        "optimiser": {"base_lr": 0.6 * 8 / 128},
        "crop": 64,
        "epochs": 3,
        "batch_size": 8,
        "workers": 1,
    },
    "predict": {"sizes": [64, 96, 128], "workers": 1},
    "evaluate.workers": 1,
    "diagnose": {**CROP, "restarts": 2, "neighbours": 3},
}
"""Sizes and epochs; all else is the profile's."""
COLOURS, CLUSTERS = 1000, 919


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six classes of twelve training images."""
    folder = tmp_path_factory.mktemp("shapes") / "data"
    write_synthetic(folder, per_class=(12, 3, 3))
    return folder


@pytest.fixture(scope="module")
def colours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """919 classes in 1000 training images, each of another colour around a grey square."""
    folder = tmp_path_factory.mktemp("colours") / "data"
    for number in range(COLOURS):
        _colour(folder / "train" / f"n{90000001 + number % CLUSTERS}" / f"{number}.png", number)
    for split in ("validation", "test"):
        for number in range(CLUSTERS):
            category = f"n{90000001 + number}"
            _colour(folder / split / category / f"{split}{number}.png", number)
            mask = folder / f"{split}-segmentation" / category / f"{split}{number}.png"
            mask.parent.mkdir(parents=True, exist_ok=True)
            labels = np.full((32, 32), number + 1, np.int32)
            labels[8:24, 8:24] = 0
            mask.write_bytes(encode_mask(labels))
    return folder


def _colour(path: Path, number: int) -> None:
    """Write an image whose bytes are its own, as keys are of bytes.

    Args:
        path: to write.
        number: of the colour, below 1000.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = [25 * (number // 10**place % 10) for place in range(3)]
    pixels = np.full((32, 32, 3), colour, np.uint8)
    # Splits have no image in common.
    pixels[8:24, 8:24] = {"t": 128, "v": 127}.get(path.name[0], 129)
    Image.fromarray(pixels).save(path)


def run_all(
    *, profile: str, compat: str, data: Path, folder: Path, overrides: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """Run every task of the training pipeline in this process; what each of them measured.

    Args:
        profile, compat, overrides: of the settings.
        data: folder of the data set.
        folder: gets a folder for each task.
    """
    run = RunInfo(data=str(data), profile=profile, seed=31, compat=compat, mask_backend="classical")
    settings: dict[str, Any] = {
        **resolve(profile=profile, overrides=overrides, seed=31, compat=compat),
        "run": vars(run),
    }
    parameters = {
        "data_uri": str(data),
        "cache_epoch": "",
        "mask_back_end": "classical",
        "mask_weights": "",
    }

    def given(value: Any) -> Any:
        if isinstance(value, Setting):
            return settings[value.name]
        if isinstance(value, Parameter):
            return parameters[value.name]
        return str(folder / value) if isinstance(value, Path) else value

    measured = {}
    for name, task in training_tasks().items():
        (folder / name).mkdir(parents=True)
        values = {field: given(value) for field, value in task.values.items()}
        measured[name] = run_stage(task.declaration.name, **values)
    return measured


@pytest.mark.slow
@pytest.mark.parametrize(
    ("profile", "compat"),
    [
        ("imagenet-s50", "fixed"),
        ("imagenet-s50", "reference"),
        ("imagenet-s50-plus", "fixed"),
    ],
)
def test_imagenet_s50(shapes: Path, tmp_path: Path, profile: str, compat: str) -> None:
    measured = run_all(profile=profile, compat=compat, data=shapes, folder=tmp_path, overrides=CUT)
    result = Result.load(tmp_path / "report" / "result.json")
    assert 0 < result.validation["miou"] <= 1
    network = load_card(tmp_path / "pretrain" / "weights").network
    assert (network.arch, network.output_stride) == ("resnet18", 32)
    masks = measured["prompt_masks_round_1"]
    rejected = sum(value for name, value in masks.items() if name.startswith("rejected_"))
    # By Segment Anything's gates 3 of 108 classical masks would do.
    assert masks["masks"] > rejected
    regions = measured["make_regions"]["regions"]
    assert (regions > 0) == (compat == "reference")
    plus = profile == "imagenet-s50-plus"
    assert (measured["complete_predictions"]["changed"] > 0) == plus


@pytest.mark.slow
def test_the_shapes_of_imagenet_s919(colours: Path, tmp_path: Path) -> None:
    # Of the networks' shapes only the width is cut.
    training = {"epochs": 1, "batch_size": 64}
    swav = {"queue_length": 128, "queue_start_epoch": 0}
    overrides = {
        **CUT,
        "pretrain": {**CUT["pretrain"], **training, "network": {"width": 8}, "swav": swav},
        "train_pixel_attention": {**CUT["train_pixel_attention"], **training, "swav": swav},
        **{f"train_classifier_{name}": {**CLASSIFIER, **training} for name in "fghc"},
        # One epoch of 920 outputs can teach no more than that all is background, and round 2 would
        # have nothing to learn: at this rate they stay as random as they were.
        "train_segmenter": {
            **CUT["train_segmenter"],
            **training,
            "optimiser": {"base_lr": 1e-6, "final_lr": 1e-6},
        },
        "predict": {"sizes": [64], "workers": 1},
        "cluster": {**CROP, "restarts": 1},
        "diagnose": {**CROP, "restarts": 1, "neighbours": 3},
    }
    measured = run_all(
        profile="imagenet-s919", compat="fixed", data=colours, folder=tmp_path, overrides=overrides
    )
    trained = load_card(tmp_path / "pretrain" / "weights").network
    assert (trained.arch, trained.prototypes, trained.hidden_dim) == ("resnet50", 3000, 2048)
    third = Centroids.load(CentroidsPath(tmp_path / "cluster_3" / "centroids"))
    assert third.values.shape == (CLUSTERS, 4 * 8 * 8)
    attention = AttentionMaps(AttentionMapsPath(tmp_path / "make_coarse_labels" / "attention_maps"))
    assert attention.distances(attention.keys[0]).shape == (CLUSTERS,)
    maps = LabelMaps(LabelMapsPath(tmp_path / "predict_round_2" / "predicted_maps"))
    assert max(int(maps.read(key).max()) for key in maps.keys) <= CLUSTERS
    assert measured["make_coarse_labels"]["foreground"] > 0
