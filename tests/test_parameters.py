"""`docs/parameters.md` against the settings that there are."""

from __future__ import annotations

import dataclasses
import re
import typing
from pathlib import Path

from pass_ops.config.settings import CONFIGS

CLASSIFIERS = [f"train_classifier_{name}" for name in "fghc"]
# The classifiers' settings are named together: `train_classifier_*.epochs`.
TEXT = re.sub(
    r"`train_classifier_\*(\.[\w.]+)`",
    lambda found: ", ".join(f"`{stage}{found[1]}`" for stage in CLASSIFIERS),
    (Path(__file__).resolve().parents[1] / "docs" / "parameters.md").read_text(),
)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("| `-")
]
KEY = re.compile(rf"`((?:{'|'.join(CONFIGS)})\.[\w.]+)`")


def keys(kind: type, prefix: str) -> set[str]:
    """Dotted names of all settings of the dataclass `kind`."""
    hints = typing.get_type_hints(kind)
    nested = {name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)}
    inner = (keys(hint, f"{prefix}.{name}") for name, hint in nested.items())
    return {f"{prefix}.{name}" for name in hints.keys() - nested.keys()}.union(*inner)


KNOWN = set.union(*(keys(kind, stage) for stage, kind in CONFIGS.items()))
TRAININGS = {stage for stage in CONFIGS if stage.startswith(("pretrain", "train_"))}
STAGES_OF = {"all": set(CONFIGS), "trainings": TRAININGS}
"""Stages of those programs that share a flag, by how the table calls them."""


def test_every_setting_that_is_named_exists() -> None:
    named = set(KEY.findall(TEXT))
    assert len(named) > 60
    assert named <= KNOWN


def test_a_flag_of_many_programs_names_the_setting_of_every_stage_that_has_it() -> None:
    shared = [row for row in ROWS if row[1] in STAGES_OF]
    assert len(shared) > 20
    for flag, programs, now, remarks in shared:
        settings = {key.partition(".")[2] for key in KEY.findall(now)}
        wanted = {
            key
            for key in KNOWN
            if key.partition(".")[0] in STAGES_OF[programs] and key.partition(".")[2] in settings
        }
        assert wanted <= set(KEY.findall(now + remarks)), flag


def test_every_training_s_schedule_has_its_flags() -> None:
    named = set(KEY.findall(" ".join(now for _, _, now, _ in ROWS)))
    for stage in TRAININGS:
        for setting in ("epochs", "batch_size", "workers", "optimiser.base_lr"):
            assert f"{stage}.{setting}" in named


def test_every_flag_has_a_setting_or_the_reason_why_not() -> None:
    assert len(ROWS) > 45
    flags = [flag for row in ROWS for flag in re.findall(r"`(-[^`]+)`", row[0])]
    assert len(flags) == len(set(flags))
    for flag, programs, now, remarks in ROWS:
        assert programs, flag
        assert (
            KEY.search(now) or "pass-ops --" in now or (now in ("gone", "not yet") and remarks)
        ), flag
