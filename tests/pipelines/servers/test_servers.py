"""The servers of a local run, for real: what stays, what is told when they fail, and that none
outlives its starter.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import psutil
import pytest
from minio import Minio
from minio.error import S3Error

from pass_ops.errors import ConfigError, StorageError
from pipelines.servers.local_servers import mlflow_server, seaweedfs
from pipelines.servers.process import LOOPBACK, ServerProcess, free_ports, port_is_free
from pipelines.servers.store import store_credentials, store_lock

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
print("up", flush=True)
time.sleep(60)
"""


def client(environment: Mapping[str, str], **replaced: str) -> Minio:
    values = {**environment, **replaced}
    endpoint = values["S3_ENDPOINT"].removeprefix("http://")
    return Minio(
        endpoint, values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"], secure=False
    )


def processes_about(path: Path) -> list[psutil.Process]:
    """Live processes with `path` on their command line."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        mentioned = any(str(path) in part for part in process.info["cmdline"] or ())
        if mentioned and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


def test_seaweedfs_keeps_objects_and_credentials_between_runs_and_refuses_strangers(
    tmp_path: Path,
) -> None:
    with seaweedfs(tmp_path / "s3", ["pass-data"]) as first:
        client(first).put_object("pass-data", "key", BytesIO(b"content"), 7)
        with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
            client(first, AWS_SECRET_ACCESS_KEY="wrong").list_buckets()
    assert processes_about(tmp_path) == []
    with seaweedfs(tmp_path / "s3", ["pass-data", "mlflow"]) as second:
        assert client(second).get_object("pass-data", "key").data == b"content"
        assert {bucket.name for bucket in client(second).list_buckets()} == {"pass-data", "mlflow"}
        assert first["AWS_SECRET_ACCESS_KEY"] == second["AWS_SECRET_ACCESS_KEY"]
    port = second["S3_ENDPOINT"].rpartition(":")[2]
    assert list(Path("/tmp").glob(f"seaweedfs-*-{port}.sock")) == []


def test_credentials_are_random_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    stores = [tmp_path / "a", tmp_path / "b"]
    for store in stores:
        store.mkdir()
    made = [store_credentials(store) for store in stores]
    assert made[0] != made[1]
    assert made == [store_credentials(store) for store in stores]
    assert (stores[0] / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_a_store_has_one_server_at_a_time(tmp_path: Path) -> None:
    with (
        store_lock(tmp_path),
        pytest.raises(StorageError, match=f"{tmp_path} is in use"),
        store_lock(tmp_path),
    ):
        pass
    with store_lock(tmp_path):
        pass


def test_a_server_that_outlives_a_killed_run_still_holds_its_store(tmp_path: Path) -> None:
    with store_lock(tmp_path) as lock:
        sleeper = ServerProcess(
            name="sleeper",
            command=["sleep", "60"],
            environment=os.environ,
            log=tmp_path / "log",
            lock=lock,
        )
    with pytest.raises(StorageError, match="in use"), store_lock(tmp_path):
        pass
    sleeper.stop()
    with store_lock(tmp_path):
        pass


def test_a_server_that_ends_is_reported_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "print('listen: address already in use'); raise SystemExit(3)"]
    server = ServerProcess(
        name="SeaweedFS", command=command, environment=os.environ, log=tmp_path / "log"
    )
    with pytest.raises(
        StorageError, match="SeaweedFS ended with status 3: listen: address already in use"
    ) as caught:
        server.wait_ready(lambda: False, seconds=10)
    assert str(tmp_path / "log") in str(caught.value)
    server.stop()


def test_a_server_that_is_never_ready_is_reported(tmp_path: Path) -> None:
    server = ServerProcess(
        name="MLflow", command=["sleep", "60"], environment=os.environ, log=tmp_path / "log"
    )
    with pytest.raises(StorageError, match="MLflow is not ready after 0 s: it printed nothing"):
        server.wait_ready(lambda: False, seconds=0.2)
    server.stop()
    assert server.process.returncode == -signal.SIGTERM


def test_stopping_ends_the_whole_group_even_if_it_ignores_sigterm(tmp_path: Path) -> None:
    log = tmp_path / "log"
    server = ServerProcess(
        name="stubborn",
        command=[sys.executable, "-c", STUBBORN, str(tmp_path)],
        environment=os.environ,
        log=log,
    )
    server.wait_ready(lambda: log.read_text().count("up") == 2, seconds=10)
    assert len(processes_about(tmp_path)) == 2
    server.stop(patience=0.3)
    assert processes_about(tmp_path) == []


def test_no_server_outlives_a_process_that_is_told_to_end(tmp_path: Path) -> None:
    script = f"""
import time
from pathlib import Path
from pipelines.servers.local_servers import seaweedfs
from pipelines.local.signals import sigterm_as_exit
with sigterm_as_exit(), seaweedfs(Path({str(tmp_path)!r}), ["pass-data"]):
    print("up", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"up\n"
        assert len(processes_about(tmp_path)) == 2  # The script, too, names the folder.
        holder.terminate()
        holder.wait(30)
    assert holder.returncode == 128 + signal.SIGTERM
    assert processes_about(tmp_path) == []


def test_free_ports_are_free_together_with_their_neighbours() -> None:
    ports = free_ports(6)
    assert len(set(ports)) == 6
    for port in ports:
        assert port_is_free(port)
        assert port_is_free(port + 10000)


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        assert not port_is_free(port)
        start = time.monotonic()
        with (
            pytest.raises(ConfigError, match=f"port {port} is taken"),
            mlflow_server(tmp_path, {}, port),
        ):
            pass
        assert time.monotonic() - start < 1
