"""SeaweedFS on this machine: S3 from a folder, on free loopback ports."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import urllib3
from minio import Minio
from minio.error import MinioException

from pass_ops.storage.disk_space import require_room
from pipelines.servers.ports import LOOPBACK, free_ports
from pipelines.servers.process import ServerProcess
from pipelines.servers.store import Credentials, record_holder, store_credentials, store_lock

REGION = "us-east-1"
# Of Go's heap; without it, SeaweedFS takes what it can get, beside stages that need it.
MEMORY_LIMIT = {"GOMEMLIMIT": "300MiB"}
# MB of a volume. A bucket's first object makes seven, as far as they fit on the disk (SeaweedFS
# 4.48, topology/volume_growth.go, storage/store.go). Left alone, they have up to 1024 MB
# (command/mini.go), and the last bucket of a disk with 2.5 GB free gets none.
VOLUME_SIZE = 64
# Bytes that a store's first buckets and a short run need.
FIRST_OBJECTS = 2 * 1024**3


@contextmanager
def seaweedfs(store: Path, buckets: Sequence[str]) -> Iterator[dict[str, str]]:
    """Serve S3 from a folder.

    Args:
        store: the folder; made if missing.
        buckets: made if they are not there yet.

    Yields:
        the environment variables by which clients find it: S3_ENDPOINT, S3_REGION,
        AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (random ones, kept with the store), and an empty
        AWS_SESSION_TOKEN.

    Raises:
        StorageError: the store is in use, its disk is full, or the server does not come up.
    """
    with store_lock(store) as lock:
        require_space(store)
        credentials = store_credentials(store)
        keys = {
            "AWS_ACCESS_KEY_ID": credentials.access_key,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        }
        ports = free_ports(5)
        server = ServerProcess(
            name="SeaweedFS",
            command=weed_command(store, buckets, ports),
            environment=os.environ | keys | MEMORY_LIMIT,
            log=store / "server.log",
            lock=lock,
        )
        url = f"http://{LOOPBACK}:{ports[0]}"
        try:
            record_holder(descriptor=lock, server=server.process.pid, url=url)
            server.wait_ready(lambda: has_buckets(ports[0], credentials, buckets), seconds=60)
            # A token that the caller has is for another server.
            yield {"S3_ENDPOINT": url, "S3_REGION": REGION, **keys, "AWS_SESSION_TOKEN": ""}
        finally:
            server.stop()
            remove_sockets(ports)


def require_space(store: Path) -> None:
    """Refuse a disk so full that SeaweedFS answers each new object with status 500.

    Args:
        store: the folder on it.

    Raises:
        StorageError: it has less space than what SeaweedFS leaves free and the first objects need.
    """
    # `weed mini` writes nothing below 1 % (miniVolumeMinFreeSpace in its command/mini.go).
    kept = shutil.disk_usage(store).total // 100
    require_room(
        store, kept + FIRST_OBJECTS, "what SeaweedFS leaves free, 1 % of the disk, and a first run"
    )


def weed_command(store: Path, buckets: Sequence[str], ports: Sequence[int]) -> list[str]:
    """The command line of a server with every part of SeaweedFS in one process.

    Args:
        store: folder of its data.
        buckets: to make.
        ports: five: of S3, master, volume, filer and admin; each server also takes port + 10000.
    """
    names = ("-s3.port", "-master.port", "-volume.port", "-filer.port", "-admin.port")
    return [
        str(Path(sys.executable).with_name("weed")), "mini", "-dir", str(store),
        "-bucket", ",".join(buckets), "-ip", LOOPBACK, "-ip.bind", LOOPBACK,
        *(f"{name}={port}" for name, port in zip(names, ports, strict=True)),
        "-master.volumeSizeLimitMB", str(VOLUME_SIZE),
        "-s3.autoCreateBucket=false", "-s3.cacheCapacityMB", "0", "-s3.readerCacheSizeMB", "64",
        "-s3.port.iceberg", "0", "-s3.port.lance", "0",
        "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
    ]  # fmt: skip


def has_buckets(port: int, credentials: Credentials, buckets: Sequence[str]) -> bool:
    """Whether the server answers and its buckets are there.

    Args:
        port: of S3 on the loopback interface.
        credentials: of a user who may list buckets.
        buckets: names.
    """
    with urllib3.PoolManager(retries=False, timeout=5) as connections:
        client = Minio(
            f"{LOOPBACK}:{port}",
            credentials.access_key,
            credentials.secret_key,
            secure=False,
            http_client=connections,
        )
        with suppress(MinioException, urllib3.exceptions.HTTPError):
            return set(buckets) <= {bucket.name for bucket in client.list_buckets()}
    return False


def remove_sockets(ports: Sequence[int]) -> None:
    """Remove the Unix sockets that SeaweedFS leaves behind, each named by one of its `ports`."""
    for port in (*ports, *(port + 10000 for port in ports)):
        for socket in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            socket.unlink(missing_ok=True)
