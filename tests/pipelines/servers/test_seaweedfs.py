"""A real SeaweedFS: what stays of it, whom it refuses, and that it does not outlive its starter."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from minio import Minio
from minio.error import S3Error

from pass_ops.errors import StorageError
from pipelines.servers.seaweedfs import FIRST_OBJECTS, seaweedfs, weed_command
from tests.pipelines.servers.processes import processes_about

GB = 10**9


def client(environment: Mapping[str, str], **replacements: str) -> Minio:
    """A client of the server that variables name.

    Args:
        environment: the variables.
        replacements: other values of some.
    """
    values = {**environment, **replacements}
    endpoint = values["S3_ENDPOINT"].removeprefix("http://")
    return Minio(
        endpoint, values["AWS_ACCESS_KEY_ID"], values["AWS_SECRET_ACCESS_KEY"], secure=False
    )


def test_it_keeps_objects_and_credentials_between_runs_and_refuses_strangers(
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


def test_a_full_disk_is_refused_before_the_server_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nearly_full(_: Path) -> SimpleNamespace:
        return SimpleNamespace(total=252 * GB, free=4 * GB)

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    with (
        pytest.raises(StorageError, match="4000 MB are free there, and what SeaweedFS leaves free"),
        seaweedfs(tmp_path / "s3", ["pass-data"]),
    ):
        pass
    assert not (tmp_path / "s3" / "server.log").exists()


def test_volumes_of_three_buckets_fit_where_a_start_is_allowed() -> None:
    command = weed_command(Path("/store"), ["a", "b", "c"], [1, 2, 3, 4, 5])
    megabytes = int(command[command.index("-master.volumeSizeLimitMB") + 1])
    assert 3 * 7 * megabytes * 2**20 < FIRST_OBJECTS


def test_it_does_not_outlive_a_process_that_is_told_to_end(tmp_path: Path) -> None:
    script = f"""
import time
from pathlib import Path
from pipelines.servers.signals import sigterm_as_exit
from pipelines.servers.seaweedfs import seaweedfs
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
