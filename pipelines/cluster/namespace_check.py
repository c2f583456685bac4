"""Looking, before a run is sent, whether what its pods need is where they will start.

A pod whose Secret or claim is missing waits for ever, and KFP calls the run running.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import urllib3
from kubernetes import client, config

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.needed_objects import TRAINER, NeededObject

_PATHS = {
    "Secret": "secrets",
    "ConfigMap": "configmaps",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "ServiceAccount": "serviceaccounts",
}
# Names alone: the content of a Secret does not leave the cluster.
_METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_SECONDS = 10
_INSTALL_TRAINER = (
    "kubectl apply --server-side "
    "-k 'github.com/kubeflow/trainer/manifests/overlays/manager?ref=v2.3.0' "
    "(docs/cluster.md, Trainings on several nodes), or set placement.train_pods to 1"
)


def require_objects(
    *,
    namespace: str,
    objects: Iterable[NeededObject],
    several_users: bool,
    say: Callable[[str], object],
) -> None:
    """Refuse a namespace that lacks what pods of a run cannot start without, as far as the user of
    kubectl's current context may see it.

    Args:
        namespace: where pods of runs start.
        objects: see `needed_objects`, and the service account of runs.
        several_users: whether KFP serves several.
        say: gets a line on what could not be looked at.

    Raises:
        SubmissionError: names what is missing, and what to apply.
    """
    unseen = f"not looked whether namespace {namespace} has what runs need"
    configuration = client.Configuration()
    files = os.environ.get("KUBECONFIG")
    try:
        config.load_kube_config(files, client_configuration=configuration)
        context = config.list_kube_config_contexts(files)[1]["name"]
    except (config.ConfigException, OSError) as error:
        say(f"{unseen}: no kubeconfig ({' '.join(str(error).split())[:200]})")
        return
    configuration.retries = False
    api = client.ApiClient(configuration)
    where = f"{configuration.host} (kubectl's context {context})"
    leave_out = "KUBECONFIG=/dev/null leaves this check out"
    try:
        if _is_there(api, f"/api/v1/namespaces/{namespace}") is False:
            make = "manifests/runs/several-users/profile.yaml" if several_users else ""
            raise SubmissionError(
                f"{where}: there is no namespace {namespace}: "
                + (f"kubectl apply -f {make}" if make else "install KFP (docs/cluster.md, 1)")
                + f", or name another with --namespace; {leave_out}"
            )
        presence = {
            one: _is_there(api, _path(one, namespace))
            for one in sorted(objects)
            if not one.optional
        }
    except urllib3.exceptions.HTTPError as error:
        reason = " ".join(str(getattr(error, "reason", None) or error).split())[:200]
        say(f"{unseen}: {where} cannot be reached ({reason})")
        return
    if presence.pop(TRAINER, None) is False:
        raise SubmissionError(
            f"{where}: Kubeflow Trainer is not there: {_INSTALL_TRAINER}; {leave_out}"
        )
    missing = [f"{one.kind} {one.name}" for one, there in presence.items() if there is False]
    if missing:
        overlay = "several-users" if several_users else "prod"
        raise SubmissionError(
            f"{where}: namespace {namespace} lacks {', '.join(missing)}: "
            f"kubectl apply -k manifests/overlays/{overlay}, or the overlay that is yours "
            f"(docs/cluster.md, 3), or name other claims in placement; {leave_out}"
        )
    hidden = [f"{one.kind} {one.name}" for one, there in presence.items() if there is None]
    if hidden:
        say(f"{unseen}: your user there may not see {', '.join(hidden)}")


def _path(one: NeededObject, namespace: str) -> str:
    """Where the API of a cluster has an object.

    Args:
        one: the object.
        namespace: that it is in.
    """
    if one == TRAINER:
        return f"/apis/{one.name}"
    return f"/api/v1/namespaces/{namespace}/{_PATHS[one.kind]}/{one.name}"


def _is_there(api: Any, path: str) -> bool | None:
    """Whether there is an object; None where the user may not know.

    Args:
        api: client of the cluster.
        path: of the object.
    """
    try:
        api.call_api(
            path,
            "GET",
            # What an API consists of has no metadata, and would be refused.
            header_params={"Accept": "application/json" if "/apis/" in path else _METADATA},
            auth_settings=["BearerToken"],
            response_type="object",
            _request_timeout=_SECONDS,
        )
    except client.ApiException as error:
        return False if error.status == 404 else None
    return True
