"""Write random secrets for an overlay: `python manifests/new_secrets.py manifests/overlays/dev`.

They go to `secrets/` in the overlay, which git ignores, readable by their owner alone. Where it is
there already, nothing is
written: servers keep the passwords that they were first started with.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

AUTH = "[mlflow]\ndefault_permission = READ\ndatabase_uri = {uri}\nadmin_username = admin\n"
SQLITE = "sqlite:////var/lib/mlflow/{name}.db"
POSTGRES = "postgresql+psycopg://mlflow:{password}@postgres.pass-ops.svc.cluster.local:5432/{name}"


def password() -> str:
    """40 letters and digits, which need no quoting in any of the files."""
    return secrets.token_hex(20)


def files(postgres: bool) -> dict[str, str]:
    """Name and content of each file; `postgres`: MLflow's database is PostgreSQL, not SQLite."""
    database = password()

    def uri(name: str) -> str:
        return (
            POSTGRES.format(password=database, name=name) if postgres else SQLITE.format(name=name)
        )

    found = {
        "minio-root.env": f"MINIO_ROOT_USER=root-{secrets.token_hex(4)}\nMINIO_ROOT_PASSWORD={password()}\n",
        "pass-s3.env": f"AWS_ACCESS_KEY_ID=runs-{secrets.token_hex(4)}\nAWS_SECRET_ACCESS_KEY={password()}\n",
        "mlflow-s3.env": f"AWS_ACCESS_KEY_ID=mlflow-{secrets.token_hex(4)}\nAWS_SECRET_ACCESS_KEY={password()}\n",
        "mlflow-admin.env": f"MLFLOW_AUTH_ADMIN_USERNAME=admin\nMLFLOW_AUTH_ADMIN_PASSWORD={password()}\n"
        f"MLFLOW_FLASK_SERVER_SECRET_KEY={password()}\n",
        "mlflow-runs.env": f"MLFLOW_TRACKING_USERNAME=runs\nMLFLOW_TRACKING_PASSWORD={password()}\n",
        "mlflow-database.env": f"MLFLOW_BACKEND_STORE_URI={uri('mlflow')}\n",
        "auth.ini": AUTH.format(uri=uri("mlflow_auth")),
    }
    return found | ({"postgres.env": f"POSTGRES_PASSWORD={database}\n"} if postgres else {})


def write(overlay: Path) -> Path:
    """Write the secrets of `overlay`; returns their folder.

    Raises:
        SystemExit: the folder is there already, or `overlay` is none.
    """
    kustomization, folder = overlay / "kustomization.yaml", overlay / "secrets"
    if not kustomization.is_file():
        sys.exit(
            f"error: {overlay}: no kustomization.yaml there; name an overlay, for example manifests/overlays/dev"
        )
    if folder.exists():
        sys.exit(
            f"error: {folder}: is there already; servers keep their first passwords, so remove it only for new ones"
        )
    folder.mkdir(mode=0o700)
    for name, content in files("components/postgres" in kustomization.read_text()).items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text(content)
    return folder


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python manifests/new_secrets.py OVERLAY")
    print(f"{write(Path(sys.argv[1]))}: written")
