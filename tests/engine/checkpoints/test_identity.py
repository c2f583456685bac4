"""Which training a checkpoint is of."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pass_ops.config.representation import PretrainConfig
from pass_ops.engine.checkpoints.identity import Identity, code_digest, identity_of

CONFIG = PretrainConfig()


def identity(
    folder: Path, config: PretrainConfig = CONFIG, keys: tuple[str, ...] = ("a", "b")
) -> Identity:
    settings = dataclasses.asdict(config)
    return identity_of(stage="pretrain", settings=settings, keys=keys, artifacts=[folder])


@pytest.fixture
def artifact(tmp_path: Path) -> Path:
    (tmp_path / "artifact" / "maps").mkdir(parents=True)
    (tmp_path / "artifact" / "manifest").write_text("one")
    return tmp_path / "artifact"


def test_equal_trainings_have_one_prefix(artifact: Path) -> None:
    first, second = identity(artifact), identity(artifact)
    assert first == second
    stage, settings, data = first.prefix.split("/")
    assert (stage, len(settings), len(data)) == ("pretrain", 16, 16)


@pytest.mark.parametrize("change", [{"workers": 3}, {"checkpoint_minutes": 1.0}])
def test_settings_without_effect_do_not_count(artifact: Path, change: dict[str, object]) -> None:
    assert identity(artifact, dataclasses.replace(CONFIG, **change)) == identity(artifact)


@pytest.mark.parametrize("change", [{"epochs": 3}, {"seed": 1}, {"weights": (1.0, 0.5)}])
def test_all_others_do(artifact: Path, change: dict[str, object]) -> None:
    first, second = identity(artifact), identity(artifact, dataclasses.replace(CONFIG, **change))
    assert first.prefix != second.prefix
    assert first.data == second.data
    (difference,) = first.differences(second)
    assert difference.startswith(f"{next(iter(change))} ")


def test_images_and_artifacts_count(artifact: Path) -> None:
    before = identity(artifact)
    assert identity(artifact, keys=("a", "c")).differences(before) == ["another data"]
    (artifact / "manifest").write_text("two")
    assert identity(artifact).differences(before) == ["another data"]


def test_what_a_manifest_vouches_for_is_not_read_again(artifact: Path) -> None:
    before = identity(artifact)
    (artifact / "maps" / "0.tar").write_text("large")
    assert identity(artifact) == before


def test_a_folder_of_checkpoints_counts_as_a_whole(artifact: Path) -> None:
    (artifact / "manifest").unlink()
    (artifact / "maps" / "weights").write_text("one")
    before = identity(artifact)
    (artifact / "maps" / "weights").write_text("two")
    assert identity(artifact).differences(before) == ["another data"]


def test_code_counts(artifact: Path) -> None:
    before = identity(artifact)
    assert before.code == code_digest()
    other = dataclasses.replace(before, code="other")
    assert other.prefix != before.prefix
    assert other.differences(before) == ["another code"]
