"""Trainings that several pods share, against a stand-in of Kubernetes with Kubeflow Trainer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from components import train_job, train_job_api
from components.placement import complete_placement
from components.train_job import TrainJob, training_on_pods
from components.train_job_objects import Pods
from pass_ops.config.representation import PretrainConfig
from pass_ops.engine.ranks.machines import current_machines
from pass_ops.errors import ConfigError, KilledError, StorageError
from tests.components.trainer.cases import NAME, UID, pods_of
from tests.components.trainer.trainer_api import TRAINER, Cluster, trainer_api
from tests.engine.ranks.test_launch import PROGRAM, Recorder, wait_for

pytestmark = pytest.mark.usefixtures("mpirun")
JOB = "pretrain-0e8d3f0a"
REMOVED = [f"{TRAINER}/trainjobs/{JOB}", f"{TRAINER}/trainingruntimes/{JOB}"]
PODS = Pods(pods=2, ranks=2, limits={"cpu": "6", "memory": "1Gi"})


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """The cluster that this process is a pod in."""
    kubeconfig = tmp_path / "kubeconfig"
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PASS_DATA_CACHE", str(tmp_path / "data"))
    monkeypatch.setenv(train_job_api.POD, NAME)
    # Whatever is free.
    monkeypatch.setattr(train_job, "PORT", 0)
    monkeypatch.setattr(train_job, "_PAUSE", 0.1)
    monkeypatch.setattr(train_job_api, "_PAUSE", 0.1)
    with trainer_api(kubeconfig) as cluster:
        yield cluster


def run(*arguments: str, recorder: Recorder | None = None) -> Mapping[str, float]:
    return TrainJob(PODS).run_ranks(
        stage="pretrain", module=PROGRAM, arguments=arguments, tracker=recorder or Recorder()
    )


def test_a_job_is_made_followed_and_removed(
    cluster: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    recorder = Recorder()
    assert run("return", recorder=recorder) == {"loss": 0.5}
    # Of six CPUs of each pod with one rank.
    assert recorder.recorded == [({"threads": 6.0}, 3)]
    assert [one["kind"] for one in cluster.created] == ["TrainingRuntime", "TrainJob"]
    for body in cluster.created:
        (owner,) = body["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"], owner["uid"]) == ("Pod", NAME, UID)
    assert cluster.deleted == REMOVED
    assert cluster.objects == {}
    assert list((tmp_path / "data/trainings").iterdir()) == []
    assert f"pretrain: TrainJob {JOB} of 2 pods\n" in capfd.readouterr().out


def test_its_log_is_printed_once_also_where_it_breaks_off(
    cluster: Cluster, capfd: pytest.CaptureFixture[str]
) -> None:
    cluster.broken = 2
    run("print")
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("epoch")] == [f"epoch {n}" for n in range(5)]


def test_the_error_of_a_rank_is_the_stages_own(cluster: Cluster) -> None:
    with pytest.raises(StorageError, match=r"^rank 1 has lost its disk$"):
        run("fail")
    assert cluster.deleted == REMOVED


def test_a_job_that_fails_without_a_word_is_named(cluster: Cluster) -> None:
    message = f"^pretrain: TrainJob {JOB} failed: jobset failed due to one or more job failures$"
    with pytest.raises(KilledError, match=message):
        run("die")
    assert cluster.deleted == REMOVED


def test_a_cluster_without_the_trainer_is_told_what_to_do(cluster: Cluster) -> None:
    cluster.without = "TrainJob"
    with pytest.raises(
        ConfigError, match=r"^TrainJob: the cluster refuses it .*page not found.* se"
    ):
        run("return")
    assert cluster.deleted == REMOVED[1:]


def test_an_api_that_is_away_for_a_while_ends_no_training(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.failures = 4
    assert run("return") == {"loss": 0.5}
    monkeypatch.setattr(train_job_api, "_AWAY", 0.3)
    cluster.failures = 100
    with pytest.raises(KilledError, match=r"has been away for 0.3 s .*etcdserver: leader changed"):
        run("return")


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.slow)]
)
def test_nothing_goes_on_when_the_task_ends(
    cluster: Cluster, tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready"
    script = (
        "from pass_ops.engine.signals import signals_unwind\n"
        "from components import train_job\n"
        "from tests.components.test_train_job import run\n"
        "train_job.PORT = 0\n"
        f"with signals_unwind():\n    run('wait', {str(ready)!r})"
    )
    with subprocess.Popen([sys.executable, "-c", script], env=os.environ) as process:
        wait_for(ready)
        process.send_signal(number)
    rank = int(ready.read_text())
    while Path(f"/proc/{rank}").exists():
        time.sleep(0.02)
    if number == signal.SIGTERM:
        assert process.returncode == 128 + number
        assert cluster.deleted == REMOVED
    else:
        # Kubernetes removes the objects with the pod that owns them.
        assert cluster.deleted == []


def test_trainings_run_here_unless_several_pods_are_asked_for(cluster: Cluster) -> None:
    for pods in ("", "1"):
        with training_on_pods(pods):
            assert current_machines() is None
    with training_on_pods('{"pods": 2, "ranks": 16, "limits": {"cpu": "8", "memory": "1Gi"}}'):
        machines = current_machines()
        assert machines is not None
        assert machines.ranks == 16
    assert current_machines() is None
    assert cluster.created == []


def test_pods_have_what_the_placement_gives_one() -> None:
    complete = complete_placement({})
    gpu = {complete["train_gpu_type"]: "1"}
    limits = {"cpu": complete["train_cpu"], "memory": complete["train_memory"]}
    assert pods_of({"train_pods": 3}) == Pods(pods=3, ranks=3, limits=limits | gpu)
    assert pods_of({"train_gpus": 8}).ranks == 16
    # On CPUs, a process for each pod.
    assert pods_of({"train_gpus": 0}) == Pods(pods=2, ranks=2, limits=limits)


@pytest.mark.slow
def test_step_1_shared_by_two_pods_is_step_1(
    cluster: Cluster,
    synthetic_data: Path,
    tiny_pretrain: PretrainConfig,
    tmp_path: Path,
) -> None:
    # It imports Jittor, which no other test here does.
    from tests.stages.ranks.stage_run import TOLERANCE, gentle, losses, pretrain

    config = gentle(tiny_pretrain)
    pretrain(ranks=1, data=synthetic_data, config=config, output=tmp_path / "alone")
    with training_on_pods('{"pods": 2, "ranks": 2, "limits": {"cpu": "1"}}'):
        # In the pods of the job, not here.
        pretrain(ranks=2, data=synthetic_data, config=config, output=tmp_path / "shared")
    assert [one["kind"] for one in cluster.created] == ["TrainingRuntime", "TrainJob"]
    assert cluster.objects == {}
    alone, shared = tmp_path / "alone" / "last", tmp_path / "shared" / "last"
    assert losses(shared) == pytest.approx(losses(alone), rel=TOLERANCE)
    assert list((tmp_path / "data/trainings").iterdir()) == []
