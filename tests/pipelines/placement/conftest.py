"""Packages whose placement is looked at."""

import pytest

from pipelines.compile import cluster_pipelines
from tests.pipelines.placement.toy import Spec, documents, toy


@pytest.fixture(scope="module")
def compiled_toy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Spec, Spec]:
    return documents(toy, tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module", params=["training", "evaluation"])
def compiled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Spec, Spec]:
    return documents(cluster_pipelines()[request.param], tmp_path_factory.mktemp(request.param))
