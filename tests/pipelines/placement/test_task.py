"""What a task gets is what docs/placement.md says."""

import json
import re
from pathlib import Path

from components.placement import DEFAULTS
from pass_ops.planning.limits import LEAST, hours_allowed, longest_hours
from pipelines.placement.task import HOUR, RETRIES, SCRATCH
from tests.pipelines.placement.toy import Spec, executor_of, tasks

ROOT = Path(__file__).resolve().parents[3]


def test_the_handbook_has_every_field_with_its_default() -> None:
    rows = {
        name.strip("` "): default.strip("` ")
        for name, default, _ in (
            line.strip("|").split("|", 2)
            for line in (ROOT / "docs" / "placement.md").read_text().splitlines()
            if line.startswith("| `")
        )
    }
    documented = {name: json.loads(rows[name]) for name in DEFAULTS if name in rows}
    assert documented == DEFAULTS


def test_the_handbook_says_what_is_constant() -> None:
    text = (ROOT / "docs" / "placement.md").read_text()
    for about, values in {
        "`/tmp`, on the node's disk": SCRATCH,
        "retries, after 60, 120 and 240 s": RETRIES,
    }.items():
        assert f"| {about} | {values['train']} | {values['infer']} | {values['post']} |" in text


def test_every_stage_has_the_time_limit_of_its_plan(compiled: tuple[Spec, Spec]) -> None:
    spec, kubernetes = compiled
    names = {executor_of(spec, task): task["componentRef"]["name"] for task in tasks(spec)}
    for executor, settings in kubernetes.items():
        stage = re.sub(r"-\d+$", "", names[executor].removeprefix("comp-")).replace("-", "_")
        assert settings["activeDeadlineSeconds"] == str(HOUR * hours_allowed(stage))


def test_the_handbook_has_the_time_limits() -> None:
    text = (ROOT / "docs" / "placement.md").read_text()
    by_hours: dict[int, list[str]] = {}
    for stage, hours in sorted(longest_hours().items()):
        by_hours.setdefault(hours, []).append(f"`{stage}`")
    assert by_hours.pop(LEAST)
    for hours, stages in by_hours.items():
        assert f"| {hours} | {', '.join(stages)} |\n" in text
    assert f"| {LEAST} | all others |\n" in text
