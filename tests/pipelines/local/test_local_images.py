"""The images of this machine, put into a compiled pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.base import POST_IMAGE, TRAIN_IMAGE
from pass_ops.errors import ConfigError
from pipelines.images.build import NAMES, main
from pipelines.images.lock import write_lock
from pipelines.local.container_runner import images_for_containers
from pipelines.local.images import images_of_this_clone, source_of_images, use_images

PACKAGE = f"executors:\n  a:\n    image: {TRAIN_IMAGE}\n  b:\n    image: {POST_IMAGE}\n  c:\n    image: python:3.11\n"
BUILT = {"train": "pass-ops/train:cpu-0123456789ab", "post": "pass-ops/post:cpu-ba9876543210"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "pipeline.yaml"
    path.write_text(PACKAGE)
    return path


def test_names_become_what_was_built(package: Path, tmp_path: Path) -> None:
    write_lock(tmp_path / "images.lock", {**BUILT, "source": source_of_images()})
    use_images(package, images_of_this_clone(tmp_path / "images.lock"))
    expected = PACKAGE.replace(TRAIN_IMAGE, BUILT["train"]).replace(POST_IMAGE, BUILT["post"])
    assert package.read_text() == expected


@pytest.mark.parametrize(
    ("lock", "problem"),
    [
        (None, "there are no images yet"),
        ({**BUILT, "source": "0123456789abcdef"}, "the images hold other code than this clone"),
        (BUILT, "the images hold other code than this clone"),
        ({"train": BUILT["train"], "source": ""}, "there is no image post"),
    ],
    ids=["absent", "stale", "unknown", "partial"],
)
def test_a_run_without_its_images_is_refused_with_the_remedy(
    tmp_path: Path, lock: dict[str, str] | None, problem: str
) -> None:
    path = tmp_path / "images.lock"
    if lock is not None:
        write_lock(path, {name: value or source_of_images() for name, value in lock.items()})
    with pytest.raises(ConfigError) as raised:
        images_of_this_clone(path)
    assert str(raised.value).startswith(f"{path}: {problem}")
    assert "make images DEVICE=cpu" in str(raised.value)


def test_without_an_engine_building_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    assert main([]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: docker: no engine answers")
    assert error.count("\n") == 1


def test_an_unknown_image_is_refused() -> None:
    assert NAMES == ("train", "post", "mlflow")
    with pytest.raises(SystemExit, match="2"):
        main(["trian"])


def test_a_run_in_containers_without_an_engine_is_refused_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    with pytest.raises(ConfigError, match="RUNNER=docker: no Docker engine answers"):
        images_for_containers()
