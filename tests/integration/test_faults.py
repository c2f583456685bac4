"""The table of what survives faults (docs/results.md keeps it): trainings that are killed, requests
that fail, an MLflow that is away, hostile files. `make test-slow` of this file prints it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile.kinds import FILES, require_refused
from tests.integration.checkpoints.trainings import TRAININGS, Trainings
from tests.integration.faults.kills import Killer
from tests.integration.faults.outage import outage
from tests.integration.faults.transfers import TRIES, transfers

KILLS = 30


@pytest.fixture(autouse=True)
def _no_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "PASS_KFP_RUN_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Lines to print when all tests here have run."""
    lines: list[str] = []
    yield lines
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("\n" + "\n".join(lines))


@pytest.fixture
def killer(trainings: Trainings, s3_server: dict[str, str], tmp_path: Path) -> Killer:
    return Killer(trainings, tmp_path, s3_server)


@pytest.mark.slow
def test_thirty_kills(killer: Killer, table: list[str]) -> None:
    rng = random.Random(31)
    survived = sum(killer.kill(number, rng.choice(TRAININGS), rng) for number in range(KILLS))
    table += [*killer.rows, f"kills survived: {survived} of {KILLS}"]
    assert survived == KILLS


@pytest.mark.slow
@pytest.mark.usefixtures("s3_settings")
@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_requests_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, rate: float, table: list[str]
) -> None:
    found = transfers(monkeypatch, tmp_path, rate)
    table += [str(found), *found.errors]
    assert all("\n" not in error for error in found.errors)
    assert found.whole == TRIES or rate > 0.5


@pytest.mark.slow
def test_mlflow_goes_away(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    table: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = outage(monkeypatch, tmp_path, seconds=5)
    table.append(str(found))
    assert found.longest < 0.5
    assert "MLflow is there again" in capsys.readouterr().out


@pytest.mark.slow
def test_hostile_files(tmp_path: Path, table: list[str]) -> None:
    for number, (group, name) in enumerate(FILES):
        (tmp_path / str(number)).mkdir()
        require_refused(group, name, tmp_path / str(number))
    table.append(f"hostile files: {len(FILES)} kinds tried, all refused")
