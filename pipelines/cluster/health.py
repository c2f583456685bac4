"""What a KFP server says of itself: its version, and whether it serves several users."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pipelines.cluster.errors import SubmissionError

# docs/cluster.md has what each version before it lacks.
LEAST = (2, 17)
_VERSION = re.compile(r"v?(?P<major>\d+)\.(?P<minor>\d+)\.\d+.*")


@dataclass(frozen=True, kw_only=True)
class Health:
    """A server that is ready and new enough.

    Attributes:
        version: such as 2.17.0.
        several_users: whether runs belong to namespaces of users.
    """

    version: str
    several_users: bool


def read_health(host: str, content: bytes) -> Health:
    """What a server answers to `healthz`.

    The API server and the UI before it answer in words of their own (KFP 2.17.0,
    backend/src/apiserver/main.go, healthzResponse; frontend/server/handlers/healthz.ts).

    Args:
        host: address of the server, for errors.
        content: of the answer.

    Raises:
        SubmissionError: it is no such answer, the API server is not ready, or too old, or does not
            say how old.
    """
    try:
        answer: dict[str, Any] = dict(json.loads(content))
    except (ValueError, TypeError) as error:
        raise SubmissionError(
            f"{host}: does not answer as KFP does: check HOST, or log in (KFP_TOKEN)"
        ) from error
    if answer.get("apiServerReady") is False:
        raise SubmissionError(f"{host}: KFP's UI cannot reach its API server: try again later")
    version = str(answer.get("tag_name") or answer.get("apiServerTagName") or "unknown")
    least = ".".join(map(str, LEAST))
    match = _VERSION.fullmatch(version)
    if match is None:
        # Images of KFP 2.5 to 2.15 do not know their version (the argument TAG_NAME of
        # backend/Dockerfile was not given), nor do those that someone builds.
        raise SubmissionError(
            f"{host}: KFP calls its version '{version}', as 2.5 to 2.15 do; {least} or newer is "
            "needed: upgrade it, or, if it is that new, tell it: "
            f"kubectl -n kubeflow set env deploy/ml-pipeline TAG_NAME={least}.0"
        )
    if (int(match["major"]), int(match["minor"])) < LEAST:
        raise SubmissionError(
            f"{host}: is KFP {version}; {least} or newer is needed: upgrade it (docs/cluster.md, 1)"
        )
    return Health(version=version, several_users=bool(answer.get("multi_user")))
