"""What KFP's MLflow plugin accepts and does: rules written from the source of KFP 2.17.0.

CONFIG is backend/src/common/plugins/mlflow/config.go, SERVER
backend/src/apiserver/plugins/mlflow/config.go, HANDLER backend/src/v2/common/plugins/mlflow/
handler.go. Go matches JSON's keys without regard to case, and ignores unknown ones unless the
decoder is strict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# CONFIG, CredentialSecretName. The rights of KFP's API server name it and no other:
# manifests/kustomize/base/pipeline/ml-pipeline-apiserver-role.yaml, and cluster-role.yaml of
# base/installs/multi-user/api-service.
SECRET = "kfp-mlflow-credentials"
# backend/src/common/plugins/mlflow/client.go, AuthTypeKubernetes and the lines after it.
AUTH_TYPES = ("kubernetes", "bearer", "basic-auth", "none")
# SERVER, LauncherNamespaceSettings: the decoder is strict.
LAUNCHER_SETTINGS = {
    "experimentdescription",
    "defaultexperimentname",
    "injectuserenvvars",
    "credentialsecretref",
}


class RefusedError(Exception):
    """The plugin would refuse the configuration."""


@dataclass(frozen=True)
class Variable:
    """A variable of a container's environment.

    Attributes:
        name: of the variable.
        secret: name and key of the Secret that it is taken from, else None.
    """

    name: str
    secret: tuple[str, str] | None


def _lower(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key.lower(): _lower(item) for key, item in value.items()}
    return value


def credential_keys(reference: Mapping[str, Any]) -> dict[str, str]:
    """CONFIG, CredentialSecretRef.UnmarshalJSON."""
    if reference.get("name"):
        raise RefusedError(f"credentialSecretRef.name is not supported; it is fixed to {SECRET}")
    return {key: reference.get(key, "") for key in ("tokenkey", "usernamekey", "passwordkey")}


def credentials(reference: Mapping[str, str] | None, auth_type: str) -> list[Variable]:
    """CONFIG, BuildCredentialEnvVars.

    Args:
        reference: keys of the Secret by their lower-case names; None without any.
        auth_type: of the settings.
    """
    wanted = {
        "bearer": {"MLFLOW_TRACKING_TOKEN": "tokenkey"},
        "basic-auth": {
            "MLFLOW_TRACKING_USERNAME": "usernamekey",
            "MLFLOW_TRACKING_PASSWORD": "passwordkey",
        },
    }.get(auth_type, {})
    if wanted and reference is None:
        raise RefusedError(f"credentialSecretRef is required for auth type {auth_type}")
    variables = []
    for name, key in wanted.items():
        assert reference is not None
        if not reference[key]:
            raise RefusedError(f"credentialSecretRef.{key} is required for auth type {auth_type}")
        variables.append(Variable(name=name, secret=(SECRET, reference[key])))
    return variables


def resolve(
    config: Mapping[str, Any], launcher: Mapping[str, Any] | None, several_users: bool
) -> dict[str, Any]:
    """SERVER, ResolveMLflowRequestConfig: the settings that hold in a namespace.

    Args:
        config: `plugins.mlflow` of the API server's config.json.
        launcher: `plugins.mlflow` of the namespace's ConfigMap kfp-launcher, if any.
        several_users: only then does the namespace have a say, and then the credentials are its
            own or none.
    """
    given = _lower(config)
    if not given.get("endpoint", "").startswith(("http://", "https://")):
        raise RefusedError("plugins.mlflow endpoint must be set")
    settings: dict[str, Any] = dict(given.get("settings", {}))
    if several_users:
        settings.pop("credentialsecretref", None)
        overrides = _lower(launcher or {})
        unknown = overrides.keys() - {"settings"}
        unknown |= overrides.get("settings", {}).keys() - LAUNCHER_SETTINGS
        if unknown:
            raise RefusedError(f"unknown fields {sorted(unknown)} in kfp-launcher")
        settings |= overrides.get("settings", {})
    settings.setdefault("authtype", "kubernetes")
    if settings["authtype"] not in AUTH_TYPES:
        raise RefusedError(f"unsupported authType {settings['authtype']}")
    reference = settings.get("credentialsecretref")
    settings["credentialsecretref"] = None if reference is None else credential_keys(reference)
    credentials(settings["credentialsecretref"], settings["authtype"])
    return settings


def environment(settings: Mapping[str, Any]) -> list[Variable]:
    """HANDLER, RetrieveUserContainerEnvVars: what the driver puts into a stage's container."""
    if not settings.get("injectuserenvvars"):
        return []
    names = ["MLFLOW_RUN_ID", "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID"]
    # SERVER, ApplySettingsDefaults.
    if settings.get("workspacesenabled", settings["authtype"] == "kubernetes"):
        names.append("MLFLOW_WORKSPACE")
    if settings["authtype"] == "kubernetes":
        names.append("MLFLOW_TRACKING_AUTH")
    return [
        *(Variable(name=name, secret=None) for name in names),
        *credentials(settings["credentialsecretref"], settings["authtype"]),
    ]
