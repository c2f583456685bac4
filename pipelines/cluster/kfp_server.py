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

from pass_ops.errors import PassError

T = TypeVar("T")
# Seconds between the tries of a request that the server was too busy for.
WAITS = (1.0, 2.0, 4.0, 8.0)
# Answers that say that nothing was done.
BUSY = (429, 503)


class SubmissionError(PassError):
    """The KFP server cannot be reached or refuses, or the run failed."""


class KfpServer:
    """A server, asked with the token of KFP_TOKEN and the certificates of KFP_CA_BUNDLE, if set."""

    def __init__(self, host: str, namespace: str = "", waits: Sequence[float] = WAITS) -> None:
        """Connect to it.

        Args:
            host: `http[s]://host:port`, where the KFP UI is too.
            namespace: of the user, in a KFP installation for several users.
            waits: seconds between tries.

        Raises:
            SubmissionError: see `call`.
        """
        if not host.startswith(("http://", "https://")):
            raise SubmissionError(f"HOST={host}: write it like http://localhost:8080")
        self.host, self.namespace, self.waits = host.rstrip("/"), namespace, waits
        token, certificates = os.environ.get("KFP_TOKEN"), os.environ.get("KFP_CA_BUNDLE")
        configuration = kfp_server_api.Configuration(host=self.host)
        configuration.ssl_ca_cert = certificates
        if token:
            configuration.api_key = {"authorization": token}
            configuration.api_key_prefix = {"authorization": "Bearer"}
        # kfp.Client 2.17.0 asks this too, but asks a server that refuses five times, with a
        # traceback for each.
        health = kfp_server_api.HealthzServiceApi(kfp_server_api.ApiClient(configuration))
        self.call(health.healthz_service_get_healthz)
        with warnings.catch_warnings():
            # Of kfp 2.17.0, each time: that servers before 2.0 will not do.
            warnings.simplefilter("ignore", FutureWarning)
            self.client = kfp.Client(
                self.host,
                namespace=namespace or "kubeflow",
                existing_token=token,
                ssl_ca_cert=certificates,
            )

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
