"""How requests to an MLflow server prove who sends them: MLflow's own variables and file."""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict


class Login(TypedDict, total=False):
    """Arguments of `requests` that every request has.

    Attributes:
        headers: sent along.
        auth: user and password, or what signs a request.
        verify: False, or the file of the certificates that the server's is checked by.
        cert: file of the client's own certificate.
    """

    headers: dict[str, str]
    auth: Any
    verify: bool | str
    cert: str


def login(environment: Mapping[str, str]) -> Login:
    """What the environment says, as MLflow 3.17 understands it (mlflow/utils/rest_utils.py,
    http_request; credentials.py).

    Args:
        environment: of the process.
    """
    headers: dict[str, str] = {}
    credentials = Login(headers=headers)
    if workspace := environment.get("MLFLOW_WORKSPACE", "").strip():
        headers["X-MLFLOW-WORKSPACE"] = workspace
    stored = _stored()
    user = environment.get("MLFLOW_TRACKING_USERNAME") or stored.get("mlflow_tracking_username")
    word = environment.get("MLFLOW_TRACKING_PASSWORD") or stored.get("mlflow_tracking_password")
    plugin = environment.get("MLFLOW_TRACKING_AUTH", "")
    if user and word and not plugin.startswith("kubernetes"):
        credentials["auth"] = (user.encode(), word.encode())
    elif token := environment.get("MLFLOW_TRACKING_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    if _is_set(environment, "MLFLOW_TRACKING_AWS_SIGV4"):
        # Installed by those who need it, as MLflow asks of them.
        from requests_auth_aws_sigv4 import AWSSigV4

        credentials["auth"] = AWSSigV4("execute-api")
    elif plugin:
        # Of the service account of a pod, or of a package that is installed: MLflow finds it.
        from mlflow.tracking.request_auth.registry import fetch_auth

        credentials["auth"] = fetch_auth(plugin)  # type: ignore[no-untyped-call]  # MLflow has none.
    if _is_set(environment, "MLFLOW_TRACKING_INSECURE_TLS"):
        credentials["verify"] = False
    elif authority := environment.get("MLFLOW_TRACKING_SERVER_CERT_PATH"):
        credentials["verify"] = authority
    if certificate := environment.get("MLFLOW_TRACKING_CLIENT_CERT_PATH"):
        credentials["cert"] = certificate
    return credentials


def _is_set(environment: Mapping[str, str], name: str) -> bool:
    """Whether a variable says yes.

    Args:
        environment: of the process.
        name: of the variable.
    """
    return environment.get(name, "").lower() in ("true", "1")


def _stored() -> dict[str, str]:
    """The login in `~/.mlflow/credentials`; nothing if there is no such file."""
    parser = configparser.ConfigParser()
    try:
        parser.read(Path.home() / ".mlflow" / "credentials")
    except (RuntimeError, configparser.Error):
        return {}
    return dict(parser["mlflow"]) if "mlflow" in parser else {}
