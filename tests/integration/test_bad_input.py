"""What users get wrong: one clear line, an exit status, and nothing half-written."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.locate import locate
from pipelines.servers.seaweedfs import seaweedfs
from tests.evaluation.predictions import write_labels
from tests.pipelines.local.environment import user_environment
from tests.storage.small_disks import SmallDisk, small_disk

BUCKETS = ["pass-data", "mlflow"]
LOCAL_RUN = (sys.executable, "-m", "pipelines.local.run")
PASS_OPS = (str(Path(sys.executable).with_name("pass-ops")),)


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a command that finds an S3 server running."""
    with seaweedfs(tmp_path_factory.mktemp("seaweedfs"), BUCKETS) as variables:
        yield user_environment() | variables


def run(
    command: tuple[object, ...], folder: Path, env: Mapping[str, str]
) -> tuple[int, list[str], list[str]]:
    """Run a command; its exit status, lines of standard output, lines of standard error.

    Args:
        command: the command line.
        folder: to run it in.
        env: its environment.
    """
    process = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=env,
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return process.returncode, process.stdout.splitlines(), process.stderr.splitlines()


def spoil(root: Path) -> list[str]:
    """Put one problem of each kind into the data set at `root`; what is to be said of each."""
    images = sorted((root / "train").rglob("*.JPEG"))
    masks = sorted((root / "validation-segmentation").rglob("*.png"))
    categories = sorted(folder.name for folder in (root / "train").iterdir())
    images[0].write_bytes(images[0].read_bytes()[:400])
    images[1].write_text("not an image")
    shutil.copy(images[2], images[2].with_suffix(".png"))
    Image.fromarray(np.zeros((5, 7, 3), np.uint8)).save(masks[0])
    width, height = Image.open(masks[1]).size
    masks[1].write_bytes(encode_mask(np.full((height, width), 7, np.int32)))
    for image in (root / "train" / categories[-1]).iterdir():
        image.unlink()
    shutil.rmtree(root / "test")
    return [
        f"{images[0]}: unreadable or truncated",
        f"{images[1]}: the image is neither JPEG nor PNG",
        f"{images[2].with_suffix('.png')}: same name as {images[2].name} but for the ending",
        f"{masks[0]}: the mask is 7x5 pixels",
        f"{masks[1]}: class ids 7 ({height * width} pixels)",
        f"{root / 'train' / categories[-1]}: no image in this category",
        f"{root / 'test'}: this split is missing",
    ]


@pytest.fixture(scope="module")
def spoilt(
    synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[str]]:
    """A data set with problems of every kind, and the beginnings of the lines that name them."""
    root = shutil.copytree(synthetic_data, tmp_path_factory.mktemp("spoilt") / "data")
    return root, spoil(root)


def test_a_local_run_lists_every_problem_of_the_data_before_it_packs(
    spoilt: tuple[Path, list[str]], s3: dict[str, str], tmp_path: Path
) -> None:
    root, expected = spoilt
    status, output, errors = run((*LOCAL_RUN, "--data", root), tmp_path, s3)
    assert status == 1
    listed = [line for line in output if line.startswith(f"{root}/")]
    for beginning in expected:
        assert sum(line.startswith(beginning) for line in listed) == 1, beginning
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {root}/")
    assert errors[0].endswith(f" ({len(listed)} problems in all, listed above)")
    assert "check data: failed" in output
    assert not any("data to S3" in line for line in output)
    assert not list(tmp_path.rglob("result.json"))


def test_validate_lists_every_problem(spoilt: tuple[Path, list[str]], tmp_path: Path) -> None:
    root, expected = spoilt
    status, output, errors = run(
        (*PASS_OPS, "data", "validate", root), tmp_path, user_environment()
    )
    assert (status, errors) == (1, [])
    for beginning in expected:
        assert sum(line.startswith(beginning) for line in output) == 1, beginning


def test_nothing_is_packed_from_a_folder_with_problems(
    spoilt: tuple[Path, list[str]], tmp_path: Path
) -> None:
    root, _ = spoilt
    status, _, errors = run(
        (*PASS_OPS, "data", "pack", root, tmp_path / "packed"), tmp_path, user_environment()
    )
    assert (status, len(errors)) == (1, 1)
    assert f"pass-ops data validate {root})" in errors[0]
    assert not list(tmp_path.iterdir())


def test_a_stage_that_meets_a_damaged_image_names_it_and_leaves_no_metrics(
    synthetic_data: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    image = sorted((root / "train").rglob("*.JPEG"))[3]
    image.write_bytes(image.read_bytes()[:-300])
    output = tmp_path / "output"
    command = (
        *PASS_OPS,
        "measure-baselines",
        "--profile",
        "smoke",
        "--data",
        root,
        "--output",
        output,
    )
    status, _, errors = run(command, tmp_path, user_environment())
    assert (status, len(errors)) == (1, 1)
    assert errors[0].startswith(f"error: {image}: unreadable or truncated")
    assert [path.name for path in output.iterdir()] == ["dataset.json"]


def test_a_local_run_with_wrong_settings_starts_and_writes_nothing(tmp_path: Path) -> None:
    command = (*LOCAL_RUN, "--overrides", '{"pretrain.epoch": 5, "cluster.restarts": 0}')
    status, output, errors = run(command, tmp_path, user_environment())
    assert (status, output, len(errors)) == (2, [], 1)
    assert errors[0].startswith("error: unknown configuration key pretrain.epoch: known here are ")
    assert errors[0].endswith("; cluster.restarts = 0 is below 1")
    assert not list(tmp_path.iterdir())


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A file system of 100 kB."""
    with small_disk(tmp_path / "disk", "100k") as made:
        if not made.mounted:
            pytest.skip("only root may mount a small disk")
        yield made


def test_a_full_disk_is_named_and_left_as_it_was(synthetic_data: Path, disk: SmallDisk) -> None:
    for command, problem in (
        (("pack", synthetic_data, disk.folder / "packed"), "MB are free there, and shards of 72 "),
        (("synthesize", disk.folder / "shapes"), ": no space left on the disk; "),
    ):
        status, _, errors = run(
            (*PASS_OPS, "data", *command), disk.folder.parent, user_environment()
        )
        assert (status, len(errors)) == (1, 1), errors
        assert errors[0].startswith(f"error: {disk.folder}")
        assert problem in errors[0]
        assert errors[0].endswith("; free some, or choose another folder")
        assert not list(disk.folder.iterdir())


def test_a_local_run_on_a_full_disk_says_so(
    synthetic_data: Path, s3: dict[str, str], disk: SmallDisk
) -> None:
    (disk.folder / "filler").write_bytes(bytes(90_000))
    status, _, errors = run((*LOCAL_RUN, "--data", synthetic_data), disk.folder, s3)
    assert (status, len(errors)) == (1, 1), errors
    assert errors[0].endswith(": no space left on the disk; free some, or choose another folder")
    assert not list(disk.folder.rglob("result.json"))


def test_a_disk_that_fills_up_amid_a_stage_keeps_what_was_there(
    synthetic_data: Path, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk:
        output = disk.folder / "out"
        common = ("--profile", "smoke", "--output", output)
        first = (*PASS_OPS, "measure-baselines", *common, "--data", synthetic_data)
        assert run(first, tmp_path, user_environment())[0] == 0
        pointer = locate(str(synthetic_data))
        truths = [open_ground_truth(pointer, one, tmp_path) for one in ("validation", "test")]
        masks = {key: truth.mask(key) % 1000 for truth in truths for key in truth.keys}
        write_labels(output / "complete_predictions" / "completed_maps", masks)
        before = disk.files()
        evaluation = (*PASS_OPS, "evaluate-validation", *common)
        with disk.nearly_full(150_000):
            status, _, errors = run(evaluation, tmp_path, user_environment())
        assert status == 1, errors
        if disk.mounted:
            assert len(errors) == 1
            assert "no space left on the disk" in errors[0]
        assert disk.files() == before
        status, _, errors = run(evaluation, tmp_path, user_environment())
        assert (status, errors) == (0, [])
        assert disk.files().items() >= before.items()


def test_a_taken_port_is_named(tmp_path: Path, s3: dict[str, str]) -> None:
    (tmp_path / ".pass-ops" / "mlflow").mkdir(parents=True)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = (sys.executable, "-m", "pipelines.servers.ui", "--port", port)
        status, _, errors = run(command, tmp_path, s3)
    assert status == 2
    assert errors == [
        f"error: port {port} is taken by another program: choose another one (make ui PORT=...)"
    ]


def test_refused_credentials_are_named(
    synthetic_data: Path, s3: dict[str, str], tmp_path: Path
) -> None:
    for name, command in (
        ("AWS_SECRET_ACCESS_KEY", (*LOCAL_RUN, "--data", synthetic_data)),
        (
            "AWS_ACCESS_KEY_ID",
            (*PASS_OPS, "data", "pack", synthetic_data, "s3://pass-data/{digest}"),
        ),
    ):
        status, _, errors = run(command, tmp_path, s3 | {name: "wrong"})
        assert (status, len(errors)) == (1, 1), errors
        assert errors[0].startswith("error: s3://pass-data")
        assert "check AWS_ACCESS_KEY_ID" in errors[0]
        assert not list(tmp_path.glob("runs/*"))


def test_missing_credentials_are_named(
    synthetic_data: Path, s3: dict[str, str], tmp_path: Path
) -> None:
    environment = {name: value for name, value in s3.items() if not name.startswith("AWS_")}
    command = (*PASS_OPS, "data", "pack", synthetic_data, "s3://pass-data/{digest}")
    status, _, errors = run(command, tmp_path, environment)
    assert status == 1
    assert errors == [
        "error: environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY not set; "
        "set the S3 server's credentials"
    ]
