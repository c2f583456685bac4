"""Which of a failed stage's lines is shown."""

from __future__ import annotations

import pytest

from pipelines.local.tasks.running_stage import Failure


@pytest.mark.parametrize(
    ("lines", "cause"),
    [
        (["x = f(y)", "ValueError: no class 3", "Killed"], "ValueError: no class 3"),
        (["torn.storage.FullError: disk", "and more"], "torn.storage.FullError: disk"),
        (["loading", "compiling", "Killed"], "compiling / Killed"),
        ([], "it printed nothing"),
    ],
)
def test_the_cause_is_the_last_line_that_looks_like_an_error(lines: list[str], cause: str) -> None:
    assert Failure("pretrain", lines).cause == cause
