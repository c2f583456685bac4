"""Requests to an MLflow server: made again as MLflow makes them, proved, and their answers read."""

from __future__ import annotations

import os
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from pass_ops.errors import StorageError
from pass_ops.tracking.fallback import ADDRESS
from pass_ops.tracking.mlflow_errors import RestError
from pass_ops.tracking.rest_login import Login, login

API = "/api/2.0/mlflow"
# The rules of MLflow's own client (mlflow/utils/request_utils.py, environment_variables.py).
_TRANSIENT = (408, 429, 500, 502, 503, 504)
_RETRIES, _TIMEOUT = "7", "120"


class RestServer:
    """An MLflow server, for one thread.

    Every method raises RestError where the server refuses, OSError where it cannot be reached.

    Args:
        address: http[s]://host:port, and a path before `/api` if there is one.

    Raises:
        StorageError: it is no such address.
    """

    def __init__(self, address: str) -> None:
        if not address.startswith(("http://", "https://")):
            raise StorageError(f"{ADDRESS}={address}: no address of a server: set it to http[s]://")
        self._address = address.rstrip("/")
        retry = Retry(
            total=int(os.environ.get("MLFLOW_HTTP_REQUEST_MAX_RETRIES", _RETRIES)),
            backoff_factor=2,
            backoff_jitter=1,
            status_forcelist=_TRANSIENT,
            # Posts too: what is done twice does no harm (`spool.delivery`).
            allowed_methods=None,
        )
        self._timeout = float(os.environ.get("MLFLOW_HTTP_REQUEST_TIMEOUT", _TIMEOUT))
        self._session = requests.Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))
        self._login: Login = login(os.environ)

    def get(self, call: str, /, **fields: str) -> dict[str, Any]:
        """Ask the API for something.

        Args:
            call: of the API: "runs/get".
            fields: of the call.
        """
        return _json(self.send("GET", f"{API}/{call}", params=fields))

    def post(self, call: str, /, **fields: object) -> dict[str, Any]:
        """Have the API do something.

        Args:
            call, fields: see `get`.
        """
        return _json(self.send("POST", f"{API}/{call}", json=fields))

    def send(self, method: str, path: str, **content: Any) -> requests.Response:
        """The server's answer to a request, which it has taken.

        Args:
            method: of HTTP.
            path: of the address.
            content: as `requests` takes it.
        """
        answer = self._session.request(
            method,
            f"{self._address}{path}",
            timeout=self._timeout,
            **self._login,
            **content,
        )
        if answer.status_code != 200:
            raise _refusal(answer, path)
        return answer


def _refusal(answer: requests.Response, path: str) -> RestError:
    """What the server says of a request that it does not take, or whoever stands before it.

    Args:
        answer: of the server.
        path: of the request.
    """
    try:
        body = answer.json()
        return RestError(f"{body['error_code']}: {body['message']}", str(body["error_code"]))
    except (ValueError, KeyError, TypeError):
        code = "BAD_REQUEST" if answer.status_code == 400 else ""
        return RestError(f"{path} was answered with status {answer.status_code}", code)


def _json(answer: requests.Response) -> dict[str, Any]:
    """An answer of the API, which is an object."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RestError(f"{answer.url} was answered with what is no JSON object", "")
    return body
