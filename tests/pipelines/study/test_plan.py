"""Files of studies, and the runs that they list."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.config.resolve import resolve
from pass_ops.errors import ConfigError
from pipelines.local.settings import resolve_settings
from pipelines.study.plan import load_plan, trials

CLONE = Path(__file__).resolve().parents[3]
SHIPPED = sorted((CLONE / "benchmarks" / "studies").glob("*.yaml"))
STUDY = """
profile: smoke
sets: [none, photographs]
seeds: [1, 2, 3]
settings:
  as it is: {}
  longer: {pretrain: {epochs: 5}}
"""


def written(folder: Path, text: str, name: str = "study.yaml") -> Path:
    file = folder / name
    file.write_text(text)
    return file


def test_every_setting_is_run_on_every_set_with_every_seed(tmp_path: Path) -> None:
    found = list(trials(load_plan(written(tmp_path, STUDY))))
    assert len(found) == 12
    runs = [(one.settings.data, one.settings.seed, one.name) for one in found]
    assert runs[:3] == [("none", 1, "as it is"), ("none", 1, "longer"), ("none", 2, "as it is")]
    assert len(set(runs)) == 12
    assert {one.settings.profile for one in found} == {"smoke"}
    longer = next(one for one in found if one.name == "longer")
    assert longer.settings.overrides == {"pretrain": {"epochs": 5}}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_shipped_studies_can_be_run_and_show_a_spread(file: Path) -> None:
    plan = load_plan(file)
    assert len(plan.seeds) >= 3
    for trial in trials(plan):
        resolve_settings(trial.settings)
    found = [resolve(profile=plan.profile, overrides=plan.settings[name]) for name in plan.settings]
    assert all(one not in found[:place] for place, one in enumerate(found))


def test_the_study_of_photographs_takes_one_setting_of_small_away_at_a_time() -> None:
    plan = load_plan(CLONE / "benchmarks" / "studies" / "photographs.yaml")
    assert plan.profile == "small"
    assert [Path(folder).name for folder in plan.sets] == ["caltech_objects10", "caltech_tiny6"]
    assert list(plan.settings.values()) == [
        {},
        {"cluster.components": 0},
        {"cluster.init": "canonical"},
        {"train_segmenter.skips": 0},
        {"pretrain.contrastive_weight": 0},
        {"complete_predictions.enabled": False},
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("settings: {a: {}}", "study.yaml: study.sets is missing"),
        ("settings: {a: {}}\nsets: []", "study.yaml: study: sets is empty"),
        ("settings: {}\nsets: [none]", "study.yaml: study: settings is empty"),
        ("settings: {a: 3}\nsets: [none]", "settings.a = 3: write the overrides"),
        ("settings: {a:}\nsets: [none]", "settings.a = None: write the overrides"),
        ("settings: {1: {}}\nsets: [none]", "settings.1 = {}: write the overrides"),
        ("settings: {a: {}}\nsets: [none]\nseeds: [x]", "seeds = ['x'] is not of type"),
        ("settings: {a: {}}\nsets: [none]\nseed: 3", "unknown configuration key study.seed"),
        ("- none", "not a mapping"),
        ("a: [", "not YAML"),
    ],
)
def test_what_is_no_study_is_refused_in_one_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        load_plan(written(tmp_path, text))
    assert problem in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_study_needs_a_file_with_a_plain_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file: benchmarks/studies/ has one"):
        load_plan(tmp_path / "nowhere.yaml")
    with pytest.raises(ConfigError, match="named by its file"):
        load_plan(written(tmp_path, STUDY, "it's.yaml"))
