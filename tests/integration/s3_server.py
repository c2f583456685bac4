"""SeaweedFS as a cluster's S3 is: several users with rights of their own, and TLS."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipelines.servers.ports import LOOPBACK, free_ports
from pipelines.servers.process import ServerProcess
from pipelines.servers.seaweedfs import MEMORY_LIMIT, has_buckets, remove_sockets, weed_command
from pipelines.servers.store import Credentials

BUCKETS = ("pass-data", "pass-artifacts")
# A user's name and keys are the same word.
RIGHTS = {
    "admin": ["Admin"],
    "curator": ["Read:pass-data", "List:pass-data", "Write:pass-data"],
    "training": [
        "Read:pass-data",
        "List:pass-data",
        "Read:pass-artifacts/v2/*",
        "List:pass-artifacts/v2/*",
        "Write:pass-artifacts/v2/*",
        "Read:pass-artifacts/checkpoints/*",
        "List:pass-artifacts/checkpoints/*",
        "Write:pass-artifacts/checkpoints/*",
    ],
}


@contextmanager
def s3_of_users(folder: Path, tls: tuple[Path, Path] | None = None) -> Iterator[str]:
    """Serve `BUCKETS` to the users of `RIGHTS`; yields the address.

    Args:
        folder: of the server's files.
        tls: certificate and key, to serve https as well, whose address is then yielded.
    """
    config = folder / "s3.json"
    config.write_text(
        json.dumps({"identities": [_identity(name, actions) for name, actions in RIGHTS.items()]})
    )
    *ports, https = free_ports(6)
    options: Sequence[str] = (f"-s3.config={config}",)
    if tls:
        options = (
            *options,
            f"-s3.cert.file={tls[0]}",
            f"-s3.key.file={tls[1]}",
            f"-s3.port.https={https}",
        )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    server = ServerProcess(
        name="SeaweedFS",
        command=[*weed_command(folder / "data", BUCKETS, ports), *options],
        environment=environment | MEMORY_LIMIT,
        log=folder / "server.log",
    )
    try:
        server.wait_ready(
            lambda: has_buckets(ports[0], Credentials("admin", "admin-secret"), BUCKETS),
            seconds=60,
        )
        yield f"https://{LOOPBACK}:{https}" if tls else f"http://{LOOPBACK}:{ports[0]}"
    finally:
        server.stop()
        remove_sockets([*ports, https])


def user(address: str, name: str) -> Mapping[str, str]:
    """The environment variables of a client.

    Args:
        address: of the server.
        name: of the user whom the client is.
    """
    return {
        "S3_ENDPOINT": address,
        "AWS_ACCESS_KEY_ID": name,
        "AWS_SECRET_ACCESS_KEY": f"{name}-secret",
    }


def _identity(name: str, actions: Sequence[str]) -> dict[str, object]:
    """A user in SeaweedFS's configuration.

    Args:
        name: of the user.
        actions: that are allowed to the user.
    """
    return {
        "name": name,
        "credentials": [{"accessKey": name, "secretKey": f"{name}-secret"}],
        "actions": list(actions),
    }
