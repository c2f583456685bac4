"""Secrets are nowhere in what a run prints, writes, stores or compiles, whole or encoded."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest
from minio import Minio
from mlflow import MlflowClient

from tests.pipelines.local.environment import user_environment
from tests.pipelines.local.test_run import TOY

PASS_OPS = str(Path(sys.executable).with_name("pass-ops"))
LOCAL_RUN = (sys.executable, "-m", "pipelines.local.run", "--data")
NOWHERE = "http://127.0.0.1:9"
PLANTED = {
    "AWS_SESSION_TOKEN": "planted-session-token/+=",
    "MLFLOW_TRACKING_PASSWORD": "planted-tracking-password",
    "KFP_TOKEN": "planted-token-of-kfp",
}
LOGIN = "planted-user:planted-password-in-an-address"

GOOD: tuple[tuple[str, ...], ...] = (
    (PASS_OPS, "data", "validate", "SET"),
    (PASS_OPS, "data", "pack", "SET", "s3://models/set"),
    (PASS_OPS, "config", "--profile", "smoke"),
    (
        *(PASS_OPS, "measure-baselines", "--profile", "smoke"),
        *("--data", "s3://models/set", "--output", "out"),
    ),
    (PASS_OPS, "make-regions", "--profile", "smoke", "--split", "test", "--output", "out"),
    (*TOY, "SET"),
    (sys.executable, "-m", "pipelines.compile", "--allow-tags", "a test", "build"),
    (
        PASS_OPS,
        "submit",
        "--dry-run",
        "--allow-tags",
        "a test",
        "--set",
        "data_uri=s3://models/set",
    ),
)
"""Commands that succeed."""

STAGE = (PASS_OPS, "measure-baselines", "--profile", "smoke", "--output", "failed")
BAD: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"AWS_SECRET_ACCESS_KEY": "planted-wrong-key"}, (*STAGE, "--data", "s3://models/set")),
    ({"AWS_ACCESS_KEY_ID": "planted-wrong-user"}, (*STAGE, "--data", "s3://models/set")),
    ({"AWS_SECRET_ACCESS_KEY": "planted-key\n"}, (*STAGE, "--data", "s3://models/set")),
    (PLANTED, (*STAGE, "--data", "s3://models/set")),
    ({"S3_ENDPOINT": f"http://{LOGIN}@127.0.0.1:9"}, (*STAGE, "--data", "s3://models/set")),
    ({"MLFLOW_TRACKING_URI": f"http://{LOGIN}@127.0.0.1:9"}, (*STAGE, "--data", "SET")),
    ({"MLFLOW_TRACKING_URI": NOWHERE}, (*STAGE, "--data", "SET")),
    ({"MLFLOW_TRACKING_URI": f"http://{LOGIN}@127.0.0.1:9"}, (*TOY, "SET")),
    ({}, (*STAGE, "--data", f"s3://{LOGIN}@models/set")),
    ({}, (*STAGE, "--data", f"https://{LOGIN}@example.org/set")),
    ({}, (*STAGE, "--data", "SET", "--mask-weights", f"https://{LOGIN}@example.org/w")),
    ({}, (PASS_OPS, "data", "pack", "SET", f"s3://{LOGIN}@models/other")),
    ({}, (PASS_OPS, "evaluate", f"s3://{LOGIN}@models/predictions", "SET")),
    ({}, (*LOCAL_RUN, "SET", "--mask-weights", f"s3://{LOGIN}@models/w")),
    ({}, (*TOY, "SET", "--overrides", '{"fail": true}')),
    (PLANTED, (PASS_OPS, "submit", "--host", f"http://{LOGIN}@127.0.0.1:9", "--allow-tags", "x")),
    (PLANTED, (PASS_OPS, "submit", "--host", NOWHERE, "--allow-tags", "x")),
)
"""Commands that fail, with what they find in the environment."""


def run(command: tuple[str, ...], data: Path, env: Mapping[str, str]) -> tuple[int, str]:
    """Exit status of a command, and all that it prints.

    Args:
        command: in which SET stands for the set.
        data: the set.
        env: the environment.
    """
    process = subprocess.run(
        [str(data) if word == "SET" else word for word in command],
        cwd=data.parent / "home",
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )
    return process.returncode, process.stdout


def spellings(secret: str) -> set[bytes]:
    """How a secret may stand in a file: as it is, as addresses have it, in base64 at any place."""
    plain = secret.strip().encode()
    # Three beginnings, of each of which the signs that depend on what is beside it are left out.
    encoded = {
        base64.b64encode(b"-" * start + plain)[4 if start else 0 : -4].strip(b"=")
        for start in range(3)
    }
    return {plain, quote(secret.strip(), safe="").encode(), *encoded}


def stored(servers: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """Every object in S3, by its address."""
    address = servers["S3_ENDPOINT"].removeprefix("http://")
    client = Minio(
        address, servers["AWS_ACCESS_KEY_ID"], servers["AWS_SECRET_ACCESS_KEY"], secure=False
    )
    for bucket in client.list_buckets():
        for found in client.list_objects(bucket.name, recursive=True):
            with client.get_object(bucket.name, found.object_name) as answer:
                yield f"s3://{bucket.name}/{found.object_name}", answer.read()


def written(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below some folders, by its path."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield str(path), path.read_bytes()


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ((GOOD[1], GOOD[3]), BAD[::4]),
        pytest.param(GOOD, BAD, marks=pytest.mark.slow),
    ],
)
def test_secrets_stand_nowhere(
    *,
    good: Sequence[tuple[str, ...]],
    bad: Sequence[tuple[dict[str, str], tuple[str, ...]]],
    servers: dict[str, str],
    synthetic_data: Path,
    tmp_path: Path,
    server_store: Path,
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    data = tmp_path / "set"
    data.symlink_to(synthetic_data)
    user = {"MLFLOW_TRACKING_USERNAME": "someone", **PLANTED, "AWS_SESSION_TOKEN": ""}
    env = user_environment() | servers | user | {"PASS_DATA_CACHE": str(tmp_path / "cache")}
    printed = []
    for command in good:
        status, output = run(command, data, env)
        assert status == 0, output
        printed.append((" ".join(command), output.encode()))
    for number, (changes, command) in enumerate(bad):
        status, output = run(command, data, env | changes)
        assert status in (1, 2), output
        assert "Traceback" not in output or "fail" in command[-1], output
        printed.append((f"failure {number}", output.encode()))

    secrets = {servers["AWS_ACCESS_KEY_ID"], servers["AWS_SECRET_ACCESS_KEY"], *PLANTED.values()}
    secrets |= set(LOGIN.split(":")) | {"planted-wrong-key", "planted-key"}
    needles = {spelling for secret in secrets for spelling in spellings(secret)}
    places = dict([*printed, *written(home, tmp_path / "cache", server_store), *stored(servers)])
    assert {".log", ".json", ".db"} <= {Path(name).suffix for name in places}
    assert any(name.startswith("s3://models/set/") for name in places)
    assert len(MlflowClient().search_experiments()) > 1
    leaks = [
        (name, needle) for name, data in places.items() for needle in needles if needle in data
    ]
    print(f"{len(secrets)} secrets in {len(needles)} spellings: looked for in {len(places)} places")
    assert leaks == []
