"""The paper's profiles through every stage, with only sizes and epochs cut (method 22)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pass_ops.config.resolve import resolve
from pass_ops.config.settings import RunInfo
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.evaluation.report.result import Result
from pass_ops.graph.recorder import Parameter, Setting, training_tasks
from pass_ops.models.weights import load_card
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


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six classes of twelve training images."""
    folder = tmp_path_factory.mktemp("shapes") / "data"
    write_synthetic(folder, per_class=(12, 3, 3))
    return folder


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
@pytest.mark.parametrize("compat", ["fixed", "reference"])
def test_imagenet_s50(shapes: Path, tmp_path: Path, compat: str) -> None:
    measured = run_all(
        profile="imagenet-s50", compat=compat, data=shapes, folder=tmp_path, overrides=CUT
    )
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
