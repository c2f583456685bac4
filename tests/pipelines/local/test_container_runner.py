"""Without an engine; tests/integration/test_containers.py has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.local.container_runner import images_for_containers


def test_a_run_in_containers_without_an_engine_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    with pytest.raises(ConfigError, match="RUNNER=docker: no Docker engine answers"):
        images_for_containers()
