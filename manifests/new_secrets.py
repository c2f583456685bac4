"""Write random secrets for an overlay.

`.venv/bin/python manifests/new_secrets.py manifests/overlays/dev`

They go to `secrets/` in the overlay, which git ignores, readable by their owner alone. Where it is
there already, nothing is written: servers keep the passwords that they were first started with.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

AUTH = "[mlflow]\ndefault_permission = READ\ndatabase_uri = {uri}\nadmin_username = admin\n"
SQLITE = "sqlite:////var/lib/mlflow/{name}.db"
POSTGRES = "postgresql+psycopg://mlflow:{password}@{host}:5432/{name}"
OURS, OTHER = "postgres.pass-ops.svc.cluster.local", "postgres.example.com"


def password() -> str:
    """40 letters and digits, which need no quoting in any of the files."""
    return secrets.token_hex(20)


def user(name: str) -> str:
    """`name` with a random ending: two installations that share a server share no user."""
    return f"{name}-{secrets.token_hex(4)}"


def files(kustomization: str) -> dict[str, str]:
    """Name and content of each file of the overlay with this text of `kustomization.yaml`."""
    database = password()
    postgres = "components/postgres" in kustomization
    host = OURS if postgres else OTHER if "components/other-postgres" in kustomization else ""

    def uri(name: str) -> str:
        if not host:
            return SQLITE.format(name=name)
        return POSTGRES.format(password=database, host=host, name=name)

    variables = {
        "minio-root.env": {
            "MINIO_ROOT_USER": user("root"),
            "MINIO_ROOT_PASSWORD": password(),
        },
        "pass-s3.env": {"AWS_ACCESS_KEY_ID": user("runs"), "AWS_SECRET_ACCESS_KEY": password()},
        "mlflow-s3.env": {"AWS_ACCESS_KEY_ID": user("mlflow"), "AWS_SECRET_ACCESS_KEY": password()},
        "mlflow-admin.env": {
            "MLFLOW_AUTH_ADMIN_USERNAME": "admin",
            "MLFLOW_AUTH_ADMIN_PASSWORD": password(),
            "MLFLOW_FLASK_SERVER_SECRET_KEY": password(),
        },
        "mlflow-runs.env": {
            "MLFLOW_TRACKING_USERNAME": "runs",
            "MLFLOW_TRACKING_PASSWORD": password(),
        },
        "mlflow-database.env": {"MLFLOW_BACKEND_STORE_URI": uri("mlflow")},
    }
    if postgres:
        variables["postgres.env"] = {"POSTGRES_PASSWORD": database}
    environments = {
        file: "".join(f"{name}={value}\n" for name, value in lines.items())
        for file, lines in variables.items()
    }
    return environments | {"auth.ini": AUTH.format(uri=uri("mlflow_auth"))}


def write(overlay: Path) -> Path:
    """Write the secrets of `overlay`; returns their folder.

    Raises:
        SystemExit: the folder is there already, or `overlay` is none, or one without secrets.
    """
    kustomization, folder = overlay / "kustomization.yaml", overlay / "secrets"
    if not kustomization.is_file():
        sys.exit(
            f"error: {overlay}: no kustomization.yaml there; name an overlay, for example "
            "manifests/overlays/dev"
        )
    if folder.exists():
        sys.exit(
            f"error: {folder}: is there already; servers keep their first passwords, so remove it "
            "only for new ones"
        )
    text = kustomization.read_text()
    if "secrets/" not in text:
        sys.exit(f"error: {overlay}: takes no secrets from files; make those it names by hand")
    folder.mkdir(mode=0o700)
    for name, content in files(text).items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(content)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: .venv/bin/python manifests/new_secrets.py OVERLAY", file=sys.stderr)
        sys.exit(2)
    print(f"{write(Path(sys.argv[1]))}: written")
