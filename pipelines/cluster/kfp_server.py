"""A KFP API server, reached through `kfp.Client`: asked again while busy, its errors one line."""

from __future__ import annotations

import json
import os
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import kfp
import kfp_server_api
import urllib3

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.health import read_health

T = TypeVar("T")
# Seconds between the tries of a request that the server was too busy for.
WAITS = (1.0, 2.0, 4.0, 8.0)
# Answers that say that nothing was done.
BUSY = (429, 503)
# Where pods of runs start if KFP serves one user, and as whom if it serves several, by
# manifests/runs: KFP's own account there, default-editor, may read every Secret of the namespace.
SINGLE_USER_NAMESPACE, SEVERAL_USERS_ACCOUNT = "kubeflow", "pass-runs"


class KfpServer:
    """A server, asked with the token of KFP_TOKEN and the certificates of KFP_CA_BUNDLE, if set."""

    def __init__(self, host: str, namespace: str = "", waits: Sequence[float] = WAITS) -> None:
        """Connect to it.

        Args:
            host: `http[s]://host:port`, where the KFP UI is too.
            namespace: where pods of runs start; empty for that of the manifests, which a server
                for several users does not have.
            waits: seconds between tries.

        Raises:
            SubmissionError: see `call` and `health.read_health`; or a namespace is missing.
        """
        if not host.startswith(("http://", "https://")):
            raise SubmissionError(f"HOST={host}: write it like http://localhost:8080")
        self.host, self.waits = host.rstrip("/"), waits
        token, certificates = os.environ.get("KFP_TOKEN"), os.environ.get("KFP_CA_BUNDLE")
        configuration = kfp_server_api.Configuration(host=self.host)
        configuration.ssl_ca_cert = certificates
        if token:
            configuration.api_key = {"authorization": token}
            configuration.api_key_prefix = {"authorization": "Bearer"}
        # kfp.Client 2.17.0 asks this too, but asks a server that refuses five times, with a
        # traceback for each.
        health = kfp_server_api.HealthzServiceApi(kfp_server_api.ApiClient(configuration))
        answer = self.call(health.healthz_service_get_healthz, _preload_content=False)
        self.several_users = read_health(self.host, answer.data).several_users
        if self.several_users and not namespace:
            raise SubmissionError(
                f"{self.host}: serves several users: name the namespace of yours: "
                "make submit NAMESPACE=pass-runs, or --namespace"
            )
        self.namespace_of_runs = namespace or SINGLE_USER_NAMESPACE
        # A server for one user takes none.
        self.namespace = namespace if self.several_users else ""
        with warnings.catch_warnings():
            # Of kfp 2.17.0, each time: that servers before 2.0 will not do.
            warnings.simplefilter("ignore", FutureWarning)
            self.client = kfp.Client(
                self.host,
                namespace=self.namespace or SINGLE_USER_NAMESPACE,
                existing_token=token,
                ssl_ca_cert=certificates,
            )

    def account_of_runs(self, account: str = "") -> str:
        """The service account that a run is to name, if `account` is none; empty for KFP's own."""
        return account or (SEVERAL_USERS_ACCOUNT if self.several_users else "")

    def call(self, request: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Make a request; tried again while the server is busy.

        Args:
            request: a method of `client`.
            arguments, options: what it is called with.

        Returns:
            what it returns.

        Raises:
            SubmissionError: the server cannot be reached, refuses the credentials or the request,
                or stays busy.
        """
        for wait in (*self.waits, None):
            try:
                return request(*arguments, **options)
            except kfp_server_api.ApiException as error:
                if error.status not in BUSY or wait is None:
                    raise SubmissionError(self._explain(error)) from error
            except urllib3.exceptions.HTTPError as error:
                reason = getattr(error, "reason", None) or error
                raise SubmissionError(
                    f"{self.host}: cannot be reached ({reason}): check HOST and the network"
                ) from error
            time.sleep(wait)
        raise AssertionError("unreachable")

    def _explain(self, error: kfp_server_api.ApiException) -> str:
        """The server's refusal and what to do, in one line."""
        answer = f"({error.status})"
        if error.status in (401, 403):
            return (
                f"{self.host}: access refused {answer}: "
                "set KFP_TOKEN to a token that is valid there"
            )
        if error.status in BUSY:
            tries = len(self.waits) + 1
            return f"{self.host}: busy {answer}, {tries} times in a row: try again later"
        return f"{self.host}: refused {answer}: {_message(error)}"


def _message(error: kfp_server_api.ApiException) -> str:
    """What the server says, in one line."""
    try:
        body = json.loads(error.body)
        text = body.get("message") or body.get("error_message") or body.get("error") or error.reason
    except (TypeError, ValueError, AttributeError):
        text = error.body or error.reason
    return " ".join(str(text).split())[:500]
