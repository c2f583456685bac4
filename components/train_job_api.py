"""The Kubernetes API, as far as a task needs it that has other pods do its training."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import urllib3
from kubernetes import client, config
from tenacity import RetryError, Retrying, retry_if_exception, stop_after_delay, wait_fixed

from components.train_job_objects import GROUP, LAUNCHER, NODE, VERSION
from pass_ops.errors import ConfigError, KilledError

# KFP's compiler sets it (2.17.0, backend/src/v2/compiler/argocompiler/common.go).
POD = "KFP_POD_NAME"
KINDS = {"TrainingRuntime": "trainingruntimes", "TrainJob": "trainjobs"}
_ADVICE = (
    "is Kubeflow Trainer there, and has this task its rights? See docs/cluster.md, Trainings on "
    "several nodes; or set placement.train_pods to 1"
)
_NAMESPACE = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
# Seconds: of an answer; of silence in a log, after which it is asked for anew; for which the API
# may be away, and between two attempts.
_ANSWER, _SILENCE, _AWAY, _PAUSE = 10, 300, 600, 5
Answer = TypeVar("Answer")


class ClusterApi:
    """The API of the cluster that this process runs in, and its namespace there; or those of
    kubectl's current context, where KUBECONFIG names its file.
    """

    def __init__(self) -> None:
        configuration = client.Configuration()
        files = os.environ.get("KUBECONFIG")
        if files:
            config.load_kube_config(files, client_configuration=configuration)
            self._namespace = config.list_kube_config_contexts(files)[1]["context"]["namespace"]
        else:
            config.load_incluster_config(client_configuration=configuration)
            self._namespace = _NAMESPACE.read_text()
        configuration.retries = False
        api = client.ApiClient(configuration)
        self._core, self._custom = client.CoreV1Api(api), client.CustomObjectsApi(api)

    def own_pod(self) -> Mapping[str, Any]:
        """The pod that this process runs in, as JSON.

        Raises:
            ConfigError: its service account may not see it.
            KilledError: the API is away for long.
        """
        try:
            pod = _patiently(
                lambda: self._core.read_namespaced_pod(
                    os.environ[POD], self._namespace, _request_timeout=_ANSWER
                )
            )
        except client.ApiException as error:
            raise ConfigError(f"Pod: cannot be looked at ({_reason(error)}): {_ADVICE}") from error
        content: Mapping[str, Any] = self._core.api_client.sanitize_for_serialization(pod)
        return content

    def create(self, body: Mapping[str, Any]) -> None:
        """Make an object of the Trainer's.

        Args:
            body: the object.

        Raises:
            ConfigError: the cluster has no Trainer, or refuses the object.
            KilledError: the API is away for long.
        """
        kind = body["kind"]
        place = (GROUP, VERSION, self._namespace, KINDS[kind], body)
        try:
            _patiently(
                lambda: self._custom.create_namespaced_custom_object(
                    *place, _request_timeout=_ANSWER
                )
            )
        except client.ApiException as error:
            # It has been made, and the answer was lost: no other has its name.
            if error.status != 409:
                text = f"{kind}: the cluster refuses it ({_reason(error)})"
                raise ConfigError(f"{text}: {_ADVICE}") from error

    def delete(self, kind: str, name: str) -> None:
        """Remove an object of the Trainer's, and with it what was made for it.

        Args:
            kind: of the object.
            name: of the object.
        """
        place = (GROUP, VERSION, self._namespace, KINDS[kind], name)
        try:
            self._custom.delete_namespaced_custom_object(*place, _request_timeout=_ANSWER)
        except (client.ApiException, urllib3.exceptions.HTTPError) as error:
            # Gone, or never made.
            if getattr(error, "status", 0) not in (403, 404):
                print(f"{kind} {name} is not removed; it goes with this pod", flush=True)

    def conditions(self, name: str) -> dict[str, str]:
        """What is true of a TrainJob (Complete, Failed, Suspended), with the message that says why.

        Args:
            name: of the job.

        Raises:
            KilledError: it is gone, or the API is away for long.
        """
        try:
            job = _patiently(
                lambda: self._custom.get_namespaced_custom_object(
                    *(GROUP, VERSION, self._namespace, "trainjobs", name), _request_timeout=_ANSWER
                )
            )
        except client.ApiException as error:
            raise KilledError(f"TrainJob {name} is lost ({_reason(error)})") from error
        conditions = job.get("status", {}).get("conditions", ())
        return {
            one["type"]: one.get("message", "") for one in conditions if one["status"] == "True"
        }

    def launcher(self, name: str) -> str:
        """Name of the pod with mpirun of a TrainJob, once it has begun; empty before.

        Args:
            name: of the job.
        """
        # The Trainer makes a JobSet of the same name.
        prefix = "jobset.sigs.k8s.io"
        selector = f"{prefix}/jobset-name={name},{prefix}/replicatedjob-name={LAUNCHER}"
        pods = self._core.list_namespaced_pod(
            self._namespace, label_selector=selector, _request_timeout=_ANSWER
        )
        begun = [one for one in pods.items if one.status.phase != "Pending"]
        return str(begun[0].metadata.name) if begun else ""

    def log(self, pod: str, seconds: int | None) -> Iterator[bytes]:
        """The lines of a pod's log, each after its time, as they come.

        Args:
            pod: its name.
            seconds: of its most recent past from which on; None for all.
        """
        options = {} if seconds is None else {"since_seconds": seconds}
        return iter(
            self._core.read_namespaced_pod_log(
                pod,
                self._namespace,
                container=NODE,
                follow=True,
                timestamps=True,
                _preload_content=False,
                _request_timeout=(_ANSWER, _SILENCE),
                **options,
            )
        )


def _patiently(ask: Callable[[], Answer]) -> Answer:
    """An answer of the API, which may be away for a while: a training is not to end by that.

    Args:
        ask: asks once.

    Raises:
        KilledError: it is away for longer.
        kubernetes.client.ApiException: it refuses.
    """
    attempts = Retrying(
        retry=retry_if_exception(_is_away), stop=stop_after_delay(_AWAY), wait=wait_fixed(_PAUSE)
    )
    try:
        return attempts(ask)
    except RetryError as error:
        raise KilledError(
            f"the Kubernetes API has been away for {_AWAY} s "
            f"({_reason(error.last_attempt.exception())})"
        ) from error


def _is_away(error: BaseException) -> bool:
    if isinstance(error, client.ApiException):
        return bool(error.status >= 500 or error.status == 429)
    return isinstance(error, urllib3.exceptions.HTTPError)


def _reason(error: BaseException | None) -> str:
    """What is wrong, in one line: the API's own words, where it has any."""
    words = getattr(error, "body", None) or getattr(error, "reason", None) or error
    return " ".join(str(words).split())[:500]
