"""A stage whose MLflow server fails, goes away, comes back, hangs; and one that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.tracking import mlflow as stage_runs
from pass_ops.tracking.mlflow import open_run
from pass_ops.tracking.spool.replay import replay
from tests.integration.faulty_proxy import FaultyProxy, faulty_proxy
from tests.integration.tracking.recording import (
    EPOCHS,
    require_whole,
    run_called,
    spools,
    train,
)

# Some let the request through and lose the answer: the client does it again.
FAULTS = ("reset before", "reset after", "500", "503 of a gateway", "answer cut")
KILLED = """
import sys, time
from pass_ops.tracking.mlflow import open_run
with open_run("pretrain") as tracker:
    for epoch in range(3):
        tracker.metrics({"loss": 1.0 / (epoch + 1)}, epoch)
    print(tracker.run_id, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def proxy(client: MlflowClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyProxy]:
    """Before the server, and in the environment in its place; lets everything through at first."""
    with faulty_proxy(client.tracking_uri, rate=0.0, faults=FAULTS) as (url, state):
        monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
        yield state


def away(proxy: FaultyProxy) -> None:
    proxy.rate, proxy.faults = 1.0, ("reset before",)


def back(proxy: FaultyProxy) -> None:
    proxy.rate = 0.0


def test_every_event_is_there_once_though_requests_fail(
    client: MlflowClient, proxy: FaultyProxy, tmp_path: Path
) -> None:
    proxy.rate = 0.3
    with open_run("unlucky") as tracker:
        tracker.params({"epochs": EPOCHS})
        train(tracker, tmp_path, range(EPOCHS))
    assert sum(proxy.failed.values()) > 5
    back(proxy)
    replay(tmp_path / "spool", print)  # What the last failure may have left.
    run = run_called(client, "unlucky")
    assert (run.info.status, run.data.params) == ("FINISHED", {"epochs": str(EPOCHS)})
    require_whole(client, run)
    assert spools(tmp_path) == []


def test_a_stage_goes_on_while_the_server_is_away_and_sends_all_when_it_is_back(
    client: MlflowClient,
    proxy: FaultyProxy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_run("interrupted") as tracker:
        train(tracker, tmp_path, range(5))
        away(proxy)
        train(tracker, tmp_path, range(5, EPOCHS))
        while "kept in" not in (said := capsys.readouterr().out):
            time.sleep(0.05)
        back(proxy)
    assert said.count("\n") == 1
    require_whole(client, run_called(client, "interrupted"))
    assert "MLflow is there again" in capsys.readouterr().out
    assert spools(tmp_path) == []


def test_what_a_stage_leaves_is_sent_by_the_next_one(
    client: MlflowClient,
    proxy: FaultyProxy,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away(proxy)
    with open_run("left") as tracker:
        train(tracker, tmp_path, range(EPOCHS))
    (spool,) = spools(tmp_path)
    assert f"what left recorded stays in {spool.parent}" in capsys.readouterr().out
    back(proxy)
    with open_run("next"):
        pass
    assert "MLflow has what left recorded" in capsys.readouterr().out
    run = run_called(client, "left")
    assert run.info.status == "FINISHED"
    require_whole(client, run)
    assert run.info.end_time < run_called(client, "next").info.start_time
    assert spools(tmp_path) == []


def test_what_a_stage_leaves_is_sent_by_the_command(
    client: MlflowClient, proxy: FaultyProxy, tmp_path: Path
) -> None:
    away(proxy)
    with open_run("left to the command") as tracker:
        train(tracker, tmp_path, range(EPOCHS))
    (spool,) = spools(tmp_path)
    failed = CliRunner().invoke(app, ["track", "replay"])
    assert failed.exit_code == 1
    assert failed.output.startswith(f"error: MLflow at {os.environ['MLFLOW_TRACKING_URI']}: ")
    back(proxy)
    sent = CliRunner().invoke(app, ["track", "replay", str(spool.parent)])
    assert (sent.exit_code, sent.output.splitlines()[0]) == (
        0,
        "MLflow has what left to the command recorded",
    )
    require_whole(client, run_called(client, "left to the command"))
    assert CliRunner().invoke(app, ["track", "replay"]).output.endswith("of 0 stages\n")


def test_a_server_that_does_not_answer_is_not_waited_for(
    proxy: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage_runs, "_PATIENCE", 1.0)
    proxy.rate, proxy.faults = 1.0, ("stall",)
    start = time.monotonic()
    with open_run("hung") as tracker:
        train(tracker, tmp_path, range(EPOCHS))
    # Each of its calls would wait for the client's time-out of 30 seconds.
    assert time.monotonic() - start < 30 * EPOCHS / 2
    assert len(spools(tmp_path)) == 1


def test_what_the_server_refuses_is_put_aside_and_the_rest_is_sent(
    client: MlflowClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_run("refused") as tracker:
        tracker.params({"epochs": 3})
        tracker.params({"epochs": 4})
        tracker.tag("after", "yes")
    run = run_called(client, "refused")
    assert (run.info.status, run.data.tags["after"]) == ("FINISHED", "yes")
    (aside,) = (tmp_path / "spool").glob("*/refused.jsonl")
    assert '"epochs": 4' in aside.read_text()
    assert "Changing param values is not allowed" in capsys.readouterr().out


def test_what_a_server_does_not_know_and_what_is_damaged_stays_and_does_no_harm(
    client: MlflowClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    with open_run("nested in nothing") as tracker:
        tracker.tag("a", "b")
    monkeypatch.delenv("MLFLOW_RUN_ID")
    (damaged := tmp_path / "spool" / "0").mkdir()
    (damaged / "events.jsonl").write_text("{}\n[\n")
    capsys.readouterr()
    with open_run("unharmed"):
        pass
    assert run_called(client, "unharmed").info.status == "FINISHED"
    said = capsys.readouterr().out
    assert f"{damaged} is damaged" in said
    assert "not found" in said
    assert len(spools(tmp_path)) == 2


def test_what_an_attempt_left_does_not_end_the_run_that_the_next_one_shares(
    client: MlflowClient, proxy: FaultyProxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KFP's MLflow plugin makes one run for all attempts of a task."""
    experiment = client.create_experiment(str(tmp_path))
    shared = client.create_run(experiment, run_name="predict-2").info.run_id
    monkeypatch.setenv("PASS_KFP_RUN_ID", "1f3a")
    monkeypatch.setenv("MLFLOW_RUN_ID", shared)
    away(proxy)
    with pytest.raises(ValueError, match="first"), open_run("predict"):
        raise ValueError("first attempt")
    back(proxy)
    with open_run("predict") as tracker:
        while spools(tmp_path)[1:]:
            time.sleep(0.05)
        assert client.get_run(shared).info.status == "RUNNING"
        tracker.metrics({"foreground": 0.5})
    run = client.get_run(shared)
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"foreground": 0.5})
    assert run.data.tags["error"] == "ValueError: first attempt"


@pytest.mark.parametrize("kfp", [False, True])
def test_the_run_of_a_killed_stage_is_ended_by_the_next(
    client: MlflowClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kfp: bool
) -> None:
    if kfp:  # Its next attempt may have another disk.
        monkeypatch.setenv("PASS_KFP_RUN_ID", str(tmp_path))
    stage = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
    assert stage.stdout is not None
    run_id = stage.stdout.readline().strip()
    stage.send_signal(signal.SIGKILL)
    stage.wait()
    stage.stdout.close()
    assert client.get_run(run_id).info.status == "RUNNING"
    if kfp:
        monkeypatch.setenv("PASS_SPOOL", str(tmp_path / "another"))
    with open_run("pretrain"):
        pass
    assert client.get_run(run_id).info.status == "KILLED"
    assert len(client.get_metric_history(run_id, "loss")) in ((3,) if not kfp else range(4))
