"""Profile, overrides and run parameters to one dictionary per stage."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pass_ops.config.resolve import changed, complete, profiles, resolve
from pass_ops.config.schema import build
from pass_ops.config.settings import CONFIGS
from pass_ops.errors import ConfigError

Settings = dict[str, Any]


def problem(overrides: Settings, **parameters: Any) -> str:
    with pytest.raises(ConfigError) as caught:
        resolve(profile="smoke", overrides=overrides, **parameters)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("profile", profiles())
def test_every_profile_resolves_to_settings_that_every_stage_takes(profile: str) -> None:
    settings = resolve(profile=profile)
    assert settings.keys() == CONFIGS.keys()
    for stage, kind in CONFIGS.items():
        build(kind, settings[stage])


@pytest.mark.parametrize("profile", profiles())
def test_what_is_changed_says_as_much_as_all(profile: str) -> None:
    settings = resolve(profile=profile, seed=7, compat="reference")
    told = {stage: changed(kind, settings[stage]) for stage, kind in CONFIGS.items()}
    assert {stage: complete(kind, told[stage]) for stage, kind in CONFIGS.items()} == settings
    assert len(json.dumps(told)) < 0.6 * len(json.dumps(settings))


def test_a_default_is_left_out_within_a_table_too() -> None:
    kind = CONFIGS["pretrain"]
    settings = complete(kind, {"epochs": 3, "optimiser": {"base_lr": 0.5, "momentum": 0.9}})
    assert changed(kind, settings) == {"epochs": 3, "optimiser": {"base_lr": 0.5}}


@pytest.mark.parametrize("profile", profiles())
def test_settings_survive_kfp(profile: str) -> None:
    # KFP hands them on as JSON, in which it turns every number into a float.
    settings = resolve(profile=profile)
    from_kfp = json.loads(json.dumps(settings), parse_int=float)
    for stage, kind in CONFIGS.items():
        assert build(kind, from_kfp[stage]) == build(kind, settings[stage])


@pytest.mark.parametrize(
    "overrides", [{"pretrain.swav.epsilon": 0.2}, {"pretrain": {"swav": {"epsilon": 0.2}}}]
)
def test_nested_and_dotted_overrides_change_one_value_alone(overrides: Settings) -> None:
    before, after = resolve(profile="small"), resolve(profile="small", overrides=overrides)
    assert after["pretrain"]["swav"]["epsilon"] == 0.2
    after["pretrain"]["swav"]["epsilon"] = before["pretrain"]["swav"]["epsilon"]
    assert after == before


def test_dots_may_stand_inside_nested_overrides_and_beside_them() -> None:
    overrides = {
        "pretrain": {"swav.epsilon": 0.2},
        "pretrain.epochs": 7,
        "pretrain.swav": {"temperature": 0.3},
    }
    pretrain = resolve(profile="small", overrides=overrides)["pretrain"]
    assert pretrain["epochs"] == 7
    assert (pretrain["swav"]["epsilon"], pretrain["swav"]["temperature"]) == (0.2, 0.3)


# Profile `small` writes the settings of several of these stages once, by anchor and aliases.
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("predict.flip", False),
        ("pretrain.views.hue", 0.3),
        ("train_classifier_g.epochs", 5),
        ("prompt_masks_round_2.min_score", 0.3),
    ],
)
def test_an_override_of_one_stage_leaves_the_cache_keys_of_the_others_alone(
    name: str, value: object
) -> None:
    before = resolve(profile="small")
    after = resolve(profile="small", overrides={name: value})
    changes = {stage for stage in CONFIGS if after[stage] != before[stage]}
    assert changes == {name.partition(".")[0]}


@pytest.mark.parametrize("parameter", ["seed", "compat"])
def test_run_parameters_reach_every_stage_that_knows_them(parameter: str) -> None:
    value = {"seed": 7, "compat": "reference"}[parameter]
    settings = resolve(profile="small", overrides={}, **{parameter: value})
    stages = {stage for stage in CONFIGS if parameter in settings[stage]}
    assert {settings[stage][parameter] for stage in stages} == {value}
    trainings = {"pretrain", "train_pixel_attention", "train_segmenter"}
    with_images = {
        "pretrain",
        "train_pixel_attention",
        "cluster",
        "search_threshold",
        "make_coarse_labels",
        "predict",
    }
    assert stages >= (trainings | {"cluster"} if parameter == "seed" else with_images)


def test_an_override_wins_over_a_run_parameter() -> None:
    settings = resolve(profile="small", overrides={"cluster.seed": 3}, seed=7)
    assert (settings["cluster"]["seed"], settings["pretrain"]["seed"]) == (3, 7)


def test_every_mistake_of_every_stage_is_in_one_line() -> None:
    message = problem(
        {"pretrain.epoch": 3, "cluster.restarts": 0, "predict.flip": "yes", "paint": {}}
    )
    for part in (
        "unknown stage paint",
        "pretrain.epoch:",
        "cluster.restarts = 0 is below 1",
        "predict.flip = 'yes'",
    ):
        assert part in message


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"pretrain": 3}, "pretrain = 3 is not a table of settings"),
        ({"pretrain": None}, "pretrain = None is not a table of settings"),
        ({"pretrain": 3, "pretrain.epochs": 0}, "pretrain.epochs = 0 is below 1"),
        ({"pretrain.epochs.max": 3}, "pretrain.epochs = {'max': 3} is not of type int"),
        ({"pretrain.views.crops": [], "pretrain.views.sizes": []}, "one value per group"),
        (
            {f"pretrain.views.{name}": [] for name in ("crops", "sizes", "min_scale", "max_scale")},
            "the first group needs exactly 2 views",
        ),
        ({"pretrain.views.crops": [3]}, "the first group needs exactly 2 views"),
        (
            {"pretrain.views.min_scale": [0.9], "pretrain.views.max_scale": [0.5]},
            "min_scale exceeds max_scale",
        ),
        (
            {"pretrain.shallow": [2, 3]},
            "weights needs one value for the image loss and one per shallow stage",
        ),
        ({"pretrain.weights": [0, 0]}, "weights may not all be zero"),
        ({"pretrain.swav.crops_for_assign": []}, "crops_for_assign needs one view"),
        (
            {"search_threshold": {"min_percent": 60, "max_percent": 40}},
            "min_percent (60) exceeds max_percent (40)",
        ),
        ({"cluster": {"resize": 64, "crop": 96}}, "crop (96) exceeds resize (64)"),
        ({"diagnose": {"resize": 64, "crop": 96}}, "crop (96) exceeds resize (64)"),
        ({"predict.sizes": []}, "sizes needs one side"),
        ({"train_segmenter.max_scale": 0.1}, "min_scale (0.25) exceeds max_scale (0.1)"),
    ],
)
def test_impossible_settings_are_refused_before_any_stage_runs(
    overrides: Settings, expected: str
) -> None:
    assert expected in problem(overrides)


def test_an_unknown_profile_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"unknown profile 'large': known are .*smoke"):
        resolve(profile="large")


def test_an_unknown_compat_is_refused_once() -> None:
    assert problem({}, compat="exact") == "compat = 'exact' is none of fixed, reference"


def test_a_seed_that_no_generator_takes_is_refused_once() -> None:
    assert problem({}, seed=-1) == "seed = -1 is below 0"
    assert problem({}, seed=2**32) == "seed = 4294967296 is above 4294967295"


def test_resolving_leaves_the_overrides_as_they_were() -> None:
    overrides = {"pretrain": {"swav": {"epsilon": 0.2}}, "pretrain.swav.temperature": 0.3}
    resolve(profile="small", overrides=overrides, seed=7)
    assert overrides == {"pretrain": {"swav": {"epsilon": 0.2}}, "pretrain.swav.temperature": 0.3}
