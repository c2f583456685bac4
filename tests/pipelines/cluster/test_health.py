"""What KFP's servers say of themselves, as their sources (see `health`) write it."""

from __future__ import annotations

import json

import pytest

from pipelines.cluster.errors import SubmissionError
from pipelines.cluster.health import Health, read_health

HOST = "http://kfp"


@pytest.mark.parametrize(
    ("answer", "health"),
    [
        (
            {"commit_sha": "c", "tag_name": "2.17.0", "multi_user": False},
            Health(version="2.17.0", several_users=False),
        ),
        (
            {"tag_name": "v2.18.1-rc.1", "multi_user": True, "pipeline_store": "kubernetes"},
            Health(version="v2.18.1-rc.1", several_users=True),
        ),
        (
            {"apiServerReady": True, "apiServerTagName": "3.0.0", "multi_user": True},
            Health(version="3.0.0", several_users=True),
        ),
    ],
)
def test_a_server_says_version_and_whom_it_serves(
    answer: dict[str, object], health: Health
) -> None:
    assert read_health(HOST, json.dumps(answer).encode()) == health


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ({"tag_name": "2.16.1"}, "is KFP 2.16.1; 2.17 or newer is needed: upgrade it"),
        ({"tag_name": "1.8.22"}, "is KFP 1.8.22; 2.17 or newer"),
        ({"tag_name": "unknown"}, "KFP calls its version 'unknown', as 2.5 to 2.15 do; 2.17 or"),
        ({"tag_name": "master"}, "KFP calls its version 'master'"),
        ({"multi_user": False}, "KFP calls its version 'unknown'"),
        ({"apiServerReady": False, "apiServerTagName": "2.17.0"}, "KFP's UI cannot reach its API"),
    ],
)
def test_one_that_is_too_old_or_not_ready_is_refused(
    answer: dict[str, object], problem: str
) -> None:
    with pytest.raises(SubmissionError) as raised:
        read_health(HOST, json.dumps(answer).encode())
    assert str(raised.value).startswith(f"{HOST}: {problem}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", b"[1]", b'"ok"', b"\xff"])
def test_another_answer_is_none_of_kfp(content: bytes) -> None:
    with pytest.raises(SubmissionError, match=f"^{HOST}: does not answer as KFP does"):
        read_health(HOST, content)
