"""Manifests rendered, pipelines compiled, once for all tests here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.compile import cluster_pipelines, compile_pipeline
from tests.manifests.conftest import tree

__all__ = ["tree"]


@pytest.fixture(scope="session", params=["training", "evaluation"])
def package(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A pipeline's specification, and its executors' settings for Kubernetes."""
    path: Path = tmp_path_factory.mktemp("compiled") / f"{request.param}.yaml"
    compile_pipeline(cluster_pipelines()[request.param], path)
    spec, platform = yaml.safe_load_all(path.read_text())
    return spec, platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
