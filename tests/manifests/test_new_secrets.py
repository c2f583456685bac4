"""Secrets of the overlays: random, private, and never in the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.manifests.conftest import MANIFESTS


def contents(overlay: Path) -> dict[str, str]:
    """The files of an overlay's secrets by name."""
    return {path.name: path.read_text() for path in (overlay / "secrets").iterdir()}


def variables(text: str) -> dict[str, str]:
    """Name and value of each line of an env file."""
    return dict(line.split("=", 1) for line in text.splitlines())


def test_no_secret_is_committed() -> None:
    paths = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "manifests"],
        cwd=MANIFESTS.parent,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert not [path for path in paths if "/secrets/" in path]
    present = [path for path in map(MANIFESTS.parent.joinpath, paths) if path.is_file()]
    assert len(present) > 30
    for path in present:
        assert "kind: Secret\n" not in path.read_text()


def test_secrets_are_random_private_and_never_replaced(tree: Path) -> None:
    dev, prod = contents(tree / "overlays/dev"), contents(tree / "overlays/prod")
    assert "postgres.env" not in dev
    password = prod["postgres.env"].removeprefix("POSTGRES_PASSWORD=").strip()
    assert password in prod["mlflow-database.env"]
    assert dev["pass-s3.env"] != prod["pass-s3.env"]
    folder = tree / "overlays/dev/secrets"
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    command = [sys.executable, str(tree / "new_secrets.py"), str(tree / "overlays/dev")]
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 1
    assert "is there already" in again.stderr
    assert contents(tree / "overlays/dev") == dev
    without = subprocess.run(command[:2], capture_output=True, text=True, check=False)
    assert (without.returncode, without.stdout) == (2, "")
    assert without.stderr == "usage: .venv/bin/python manifests/new_secrets.py OVERLAY\n"


def test_env_files_hold_what_the_servers_read(tree: Path) -> None:
    prod = contents(tree / "overlays/prod")
    names = {file: list(variables(text)) for file, text in prod.items() if file != "auth.ini"}
    assert names == {
        "minio-root.env": ["MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"],
        "pass-s3.env": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        "mlflow-s3.env": ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
        "mlflow-admin.env": [
            "MLFLOW_AUTH_ADMIN_USERNAME",
            "MLFLOW_AUTH_ADMIN_PASSWORD",
            "MLFLOW_FLASK_SERVER_SECRET_KEY",
        ],
        "mlflow-runs.env": ["MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
        "mlflow-database.env": ["MLFLOW_BACKEND_STORE_URI"],
        "postgres.env": ["POSTGRES_PASSWORD"],
    }


def test_an_overlay_without_secrets_is_told_so(tree: Path) -> None:
    overlay = tree / "overlays/existing"
    command = [sys.executable, str(tree / "new_secrets.py"), str(overlay)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "by hand" in result.stderr
    assert not (overlay / "secrets").exists()
