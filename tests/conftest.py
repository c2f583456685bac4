"""Data sets and trained networks that many tests read."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.data.images import Images, open_images
from pass_ops.data.locate import locate
from pass_ops.data.packing.pack import pack
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.loading import count
from pass_ops.storage import atomic
from pass_ops.storage.forms import NEW_FILE, NEW_FOLDER, Form
from pass_ops.tracking.tracker import NullTracker

# Time limits for single examples fail on a busy machine and prove nothing.
settings.register_profile("pass-ops", deadline=None)
settings.load_profile("pass-ops")

# Real photographs lie beside the repository, not in it.
PHOTOGRAPHS = Path(__file__).resolve().parents[2] / "shared" / "data" / "caltech_tiny6"


@pytest.fixture(autouse=True)
def _children_may_be_killed() -> None:
    """Undo what the import of Jittor 1.3.11, and nohup, do to this process.

    Jittor's handlers of signals would end it without a word when a test kills a server; under nohup
    it, and whatever it starts, would take no notice of SIGHUP.
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _outputs_are_known_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a test lets be written is of the form that its writer names, or the writer's next
    run would take it for a stranger's.
    """
    put_in_place = atomic.put_in_place

    def check(temporary: Path, path: Path, form: Form) -> None:
        if form not in (NEW_FILE, NEW_FOLDER):
            assert form.stranger(temporary) == "", path
        put_in_place(temporary, path, form)

    monkeypatch.setattr(atomic, "put_in_place", check)


@pytest.fixture(autouse=True)
def _no_long_wait_for_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up on S3 servers that are away, as many are here on purpose, in three seconds."""
    monkeypatch.setenv("S3_RETRY_SECONDS", "3")


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let loaders start as many processes as they are told, however little there is to do."""
    monkeypatch.setattr(count, "LEAST", 0)
    monkeypatch.setattr(count, "usable_cores", lambda: 64)


@pytest.fixture
def mpirun() -> None:
    """MPI, without which no training has ranks."""
    if shutil.which("mpirun") is None or shutil.which("mpicc") is None:
        pytest.skip("no mpirun and mpicc: apt-get install openmpi-bin libopenmpi-dev")


@pytest.fixture(scope="session")
def synthetic_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 train, 12 validation and 12 test images. Copy it before changing it."""
    root = tmp_path_factory.mktemp("synthetic") / "ShapeS"
    write_synthetic(root, per_class=(4, 2, 2))
    return root


@pytest.fixture(scope="session")
def packed_synthetic(
    synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> DatasetPointer:
    """The synthetic set, packed into a folder."""
    return pack(synthetic_data, f"{tmp_path_factory.mktemp('packed')}/{{digest}}")


@pytest.fixture(scope="session")
def real_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of photographs with hand-drawn masks; where they are absent, a synthetic set with as
    many images as the batches of `smoke` need.
    """
    if PHOTOGRAPHS.is_dir():
        return PHOTOGRAPHS
    root = tmp_path_factory.mktemp("instead-of-photographs") / "ShapeS"
    write_synthetic(root, per_class=(12, 4, 4))
    return root


@pytest.fixture(scope="session")
def training_images(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Images:
    """The 24 training images of the synthetic set."""
    return open_images(locate(str(synthetic_data)), "train", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def tiny_network() -> NetworkConfig:
    """The one network of all tests: Jittor compiles its kernels layer by layer."""
    return NetworkConfig(
        arch="resnet10", width=4, output_stride=16, hidden_dim=8, feat_dim=8, prototypes=6
    )


@pytest.fixture(scope="session")
def tiny_pretrain(tiny_network: NetworkConfig) -> PretrainConfig:
    """Two epochs of three steps; the queue is in use in the second."""
    return PretrainConfig(
        network=tiny_network,
        views=ViewsConfig(sizes=(32,), grid=3),
        optimiser=OptimiserConfig(base_lr=0.1),
        swav=SwavConfig(queue_length=16, queue_start_epoch=0, freeze_prototypes_iterations=2),
        epochs=2,
        batch_size=8,
        workers=2,
        cache_side=48,
        checkpoint_every=1,
    )


@pytest.fixture(scope="session")
def tiny_attention(tiny_pretrain: PretrainConfig) -> PixelAttentionConfig:
    """One epoch of three steps."""
    return PixelAttentionConfig(
        views=tiny_pretrain.views,
        optimiser=tiny_pretrain.optimiser,
        swav=SwavConfig(queue_length=0, freeze_prototypes_iterations=0),
        epochs=1,
        batch_size=8,
        workers=2,
        cache_side=48,
    )


@pytest.fixture(scope="session")
def pretrained(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with the weights of step 1, in `last`, `initial` and `checkpoints`."""
    from tests.representation.step1 import pretrain_into

    folder = tmp_path_factory.mktemp("pretrained")
    pretrain_into(folder, training_images, tiny_pretrain)
    return folder


@pytest.fixture(scope="session")
def attention_weights(
    training_images: Images,
    pretrained: Path,
    tiny_attention: PixelAttentionConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The weights folder of step 2.1."""
    from pass_ops.representation.pixel_attention import train_pixel_attention

    folder = tmp_path_factory.mktemp("attention") / "weights"
    train_pixel_attention(
        images=training_images,
        weights=pretrained / "last",
        config=tiny_attention,
        output=folder,
        tracker=NullTracker(),
    )
    return folder


@pytest.fixture(scope="session")
def clustered(
    training_images: Images, attention_weights: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with `features`, `centroids` and `labels.parquet` of six clusters."""
    from pass_ops.clustering.cluster import cluster

    folder = tmp_path_factory.mktemp("clustered")
    cluster(
        images=training_images,
        weights=attention_weights,
        categories=6,
        config=ClusteringConfig(restarts=3, resize=36, crop=32, batch_size=8),
        features=folder / "features",
        centroids=folder / "centroids",
        labels=folder / "labels.parquet",
        tracker=NullTracker(),
    )
    return folder


@pytest.fixture(scope="session")
def exported_model(
    synthetic_data: Path, tiny_network: NetworkConfig, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of a model with drawn weights. Copy it before changing it."""
    from tests.export.example import export_example

    root = tmp_path_factory.mktemp("export")
    return export_example(root=root, data=synthetic_data, network=tiny_network)


def pytest_report_header() -> str:
    """Say on top of the report which data the tests of real photographs use."""
    if PHOTOGRAPHS.is_dir():
        return f"photographs: {PHOTOGRAPHS}"
    return f"photographs: {PHOTOGRAPHS} is absent, tests fall back to the synthetic set"
