"""What many tests here look at: one run of the whole pipeline, S3, a stand-in of KFP's server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.data.images import Images
from pass_ops.data.locate import locate
from pass_ops.evaluation.report.result import Result
from pass_ops.paths import PointerPath
from pipelines.servers.endpoints import DATA_BUCKET
from pipelines.servers.seaweedfs import seaweedfs
from tests.integration.checkpoints.trainings import Trainings
from tests.integration.cluster.kfp_api import kfp_api
from tests.integration.cluster.kfp_store import Store
from tests.integration.short_run import local_run
from tests.pipelines.cluster.toy_request import compile_toy


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working folder of `first`."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def few_photographs(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The photographs, of which two of each class are held out for validation, and two for test: a
    run labels these again and again.
    """

    def beyond_two(folder: str, names: list[str]) -> list[str]:
        held_out = Path(folder).parent.name.startswith(("validation", "test"))
        return sorted(names)[2:] if held_out else []

    root = tmp_path_factory.mktemp("few") / real_data.name
    shutil.copytree(real_data, root, ignore=beyond_two)
    return root


@pytest.fixture(scope="session")
def first(home: Path, few_photographs: Path) -> Result:
    """The result of a run on real photographs; it takes minutes."""
    return local_run(home, few_photographs)


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables by which clients find an S3 server with the bucket of data sets."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs"), [DATA_BUCKET]) as environment:
        yield environment


@pytest.fixture
def s3_settings(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients of this process find that server."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)


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


@pytest.fixture(scope="session")
def trainings(
    synthetic_data: Path,
    training_images: Images,
    pretrained: Path,
    attention_weights: Path,
    tiny_pretrain: PretrainConfig,
    tiny_attention: PixelAttentionConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Trainings:
    """The trainings on the synthetic images, two epochs of three steps each."""
    folder = tmp_path_factory.mktemp("trainings")
    locate(str(synthetic_data)).save(PointerPath(folder / "dataset.json"))
    shutil.copytree(pretrained / "last", folder / "pretrained")
    shutil.copytree(attention_weights, folder / "attention")
    return Trainings(
        folder=folder, images=training_images, pretrain=tiny_pretrain, attention=tiny_attention
    )
