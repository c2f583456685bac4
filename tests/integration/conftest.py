"""What many tests here look at: one run of the whole pipeline, a stand-in of KFP's server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pass_ops.evaluation.report.result import Result
from tests.integration.kfp_api import kfp_api
from tests.integration.kfp_store import Store
from tests.integration.short_run import local_run
from tests.pipelines.cluster.toy_request import compile_toy


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of `first`."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def first(home: Path, real_data: Path) -> Result:
    """The result of a run on real photographs; it takes minutes."""
    return local_run(home, real_data)


@pytest.fixture(scope="session")
def toy_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled toy pipeline."""
    return compile_toy(tmp_path_factory.mktemp("build"))


@pytest.fixture
def no_kfp_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide from `kfp.Client` what the user of this machine has set."""
    for name in ("KFP_TOKEN", "KFP_CA_BUNDLE", "KF_PIPELINES_ENDPOINT", "KF_PIPELINES_UI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def api(tmp_path: Path, no_kfp_settings: None) -> Iterator[tuple[str, Store]]:  # noqa: ARG001
    """The address of a KFP server that wants no token, and what it keeps."""
    with kfp_api(tmp_path) as address_and_store:
        yield address_and_store
