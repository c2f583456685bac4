"""The paper's profiles keep the paper's numbers (method 3.6)."""

from __future__ import annotations

from typing import Any

import pytest

from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError

SGD = {
    "name": "sgd",
    "base_lr": 0.6,
    "final_lr": 0.0006,
    "weight_decay": 1e-6,
    "momentum": 0.9,
    "warmup_epochs": 0,
}


def holds(settings: dict[str, Any], expected: dict[str, Any]) -> bool:
    """Whether `settings` has all that `expected` has, at every depth."""
    return all(
        holds(settings[name], value) if isinstance(value, dict) else settings[name] == value
        for name, value in expected.items()
    )


def test_imagenet_s50() -> None:
    settings = resolve(profile="imagenet-s50")
    swav = {
        "temperature": 0.1,
        "epsilon": 0.05,
        "sinkhorn_iterations": 3,
        "crops_for_assign": [0, 1],
    }
    views = {
        "crops": [2],
        "sizes": [224],
        "min_scale": [0.08],
        "max_scale": [1.0],
        "grid": 7,
        "flip_probability": 0.5,
        "jitter_probability": 0.8,
        "brightness": 0.8,
        "contrast": 0.8,
        "saturation": 0.8,
        "hue": 0.2,
        "grayscale_probability": 0.2,
        "blur_probability": 0.5,
        "blur_radius": [0.1, 2.0],
    }
    assert holds(
        settings["pretrain"],
        {
            "network": {
                "arch": "resnet18",
                "width": 64,
                "output_stride": 32,
                "hidden_dim": 512,
                "feat_dim": 128,
                "prototypes": 500,
            },
            "views": views,
            "optimiser": SGD,
            "swav": {
                **swav,
                "queue_length": 2048,
                "queue_start_epoch": 15,
                "freeze_prototypes_iterations": 1001,
            },
            "shallow": [3],
            "weights": [1, 1],
            "pixel_weight": 1,
            "epochs": 400,
            "batch_size": 128,
            "checkpoint_every": 25,
            "seed": 31,
        },
    )
    assert holds(
        settings["train_pixel_attention"],
        {
            "views": views,
            "optimiser": SGD,
            "swav": {
                **swav,
                "queue_length": 3840,
                "queue_start_epoch": 0,
                "freeze_prototypes_iterations": 0,
            },
            "epochs": 20,
            "batch_size": 128,
            "checkpoint_every": 1,
        },
    )
    assert holds(
        settings["cluster"], {"iterations": 20, "restarts": 30, "resize": 256, "crop": 224}
    )
    assert holds(
        settings["search_threshold"], {"min_percent": 30, "max_percent": 60, "resize": 256}
    )
    assert holds(
        settings["train_segmenter"],
        {
            "optimiser": SGD,
            "skips": 0,
            "crop": 224,
            "min_scale": 0.08,
            "max_scale": 1.0,
            "label_scale": 0.5,
            "epochs": 50,
            "batch_size": 128,
            "checkpoint_every": 1,
        },
    )
    assert holds(
        settings["predict"], {"sizes": [256, 384, 512], "flip": True, "max_resolution": 1000}
    )


def test_plus_departs_from_the_paper_in_what_its_file_gives_a_reason_for() -> None:
    paper, plus = resolve(profile="imagenet-s50"), resolve(profile="imagenet-s50-plus")
    attention = {"scales": [1, 1.33, 2], "attention": "rank"}
    departures = {
        "pretrain": {
            "contrastive_weight": 1,
            "views": {**paper["pretrain"]["views"], "solarise_probability": 0.2},
        },
        "cluster": {"components": 150, "init": "inferred"},
        "infer_image_labels": {"relabel_margin": 0.2},
        "select_by_distance": {"max_rounds": 0},
        "search_threshold": {**attention, "min_percent": 20, "max_percent": 80},
        "make_coarse_labels": attention,
        "apply_crf": {"max_shrinkage": 0.5},
        "prompt_masks_round_1": {"on_empty": "point"},
        "prompt_masks_round_2": {"on_empty": "point"},
        "train_segmenter": {"skips": 2},
        "complete_predictions": {"enabled": True},
    }
    for stage, values in paper.items():
        assert plus[stage] == {**values, **departures.get(stage, {})}


def test_the_larger_benchmarks_differ_in_backbone_and_schedule_alone() -> None:
    small = resolve(profile="imagenet-s50")
    for profile in ("imagenet-s300", "imagenet-s919"):
        settings = resolve(profile=profile)
        pretrain = {
            "network": {
                "arch": "resnet50",
                "hidden_dim": 2048,
                "feat_dim": 128,
                "prototypes": 3000,
            },
            "swav": {"queue_length": 3840, "freeze_prototypes_iterations": 5005, "epsilon": 0.05},
            "optimiser": SGD,
            "epochs": 100,
            "batch_size": 256,
        }
        assert holds(settings["pretrain"], pretrain)
        # Published for S50: 6.0; for S300 and S919, in both branches: 0.6 (method 3.6).
        attention = {"epochs": 20, "batch_size": 256, "optimiser": SGD}
        assert holds(settings["train_pixel_attention"], attention)
        assert holds(settings["train_segmenter"], {"epochs": 20, "batch_size": 256, "crop": 224})
        assert settings["predict"] == small["predict"]
        assert settings["cluster"] == small["cluster"]


def test_the_contest_entry_s_checkpoint_of_step_1_can_be_had() -> None:
    overrides = {"pretrain.epochs": 401, "pretrain.optimiser.schedule_epochs": 1000}
    pretrain = resolve(profile="imagenet-s50", overrides=overrides, compat="reference")["pretrain"]
    assert (pretrain["epochs"], pretrain["optimiser"]["schedule_epochs"]) == (401, 1000)


@pytest.mark.parametrize(
    "stage", ["pretrain", "train_pixel_attention", "train_classifier_h", "train_segmenter"]
)
def test_a_schedule_that_ends_before_its_training_is_refused(stage: str) -> None:
    overrides = {f"{stage}.epochs": 9, f"{stage}.optimiser.schedule_epochs": 8}
    with pytest.raises(ConfigError, match=r"schedule_epochs \(8\) is less than epochs \(9\)"):
        resolve(profile="imagenet-s50", overrides=overrides)


@pytest.mark.parametrize(
    ("stage", "parts", "message"),
    [
        ("pretrain", 2, "only classifiers and segmenters can do with parts"),
        ("train_pixel_attention", 2, "only classifiers and segmenters can do with parts"),
        ("train_classifier_h", 3, r"accumulate \(3\) parts of batch_size \(32\) are not equal"),
        ("train_segmenter", 32, "or of less than two images"),
    ],
)
def test_parts_that_a_batch_cannot_have_are_refused(stage: str, parts: int, message: str) -> None:
    overrides = {f"{stage}.batch_size": 32, f"{stage}.optimiser.accumulate": parts}
    with pytest.raises(ConfigError, match=message):
        resolve(profile="imagenet-s50", overrides=overrides)


@pytest.mark.parametrize(
    ("profile", "overrides", "enabled"),
    [
        ("small", {}, True),
        ("imagenet-s50", {}, False),
        ("imagenet-s919", {}, False),
        ("imagenet-s50", {"prompt_masks_round_1.mode": "single"}, True),
        ("imagenet-s50", {"prompt_masks_round_2.mode": "single"}, False),
        ("imagenet-s50", {"prompt_masks_round_1.compat": "reference"}, True),
        ("imagenet-s50", {"make_regions.enabled": True}, True),
        ("small", {"make_regions.enabled": False}, False),
    ],
)
def test_masks_of_everything_are_made_where_prompts_go_by_them(
    profile: str, overrides: dict[str, object], enabled: bool
) -> None:
    assert resolve(profile=profile, overrides=overrides)["make_regions"]["enabled"] is enabled


def test_views_are_large_enough_for_the_feature_map_to_have_positions() -> None:
    for profile in ("small", "smoke"):
        pretrain = resolve(profile=profile)["pretrain"]
        assert min(pretrain["views"]["sizes"]) // pretrain["network"]["output_stride"] >= 2
