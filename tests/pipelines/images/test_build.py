"""What `make images` refuses; tests/integration/test_containers.py looks at what it builds."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.images.build import BuiltImage, main


def test_without_an_engine_building_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/no.sock")
    assert main([]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: docker: no engine answers")
    assert error.count("\n") == 1


def test_an_unknown_image_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["trian"]) == 2
    error = capsys.readouterr().err
    assert error == "error: no image trian: name some of train, post, mlflow\n"


def test_a_tag_names_device_and_content() -> None:
    image = BuiltImage(name="post", identity=f"sha256:{'0a' * 32}", seconds=1.0, size=1)
    assert image.reference("", "cpu") == "pass-ops/post:cpu-0a0a0a0a0a0a"
    assert image.reference("host:5000/a", "cuda") == "host:5000/a/post:cuda-0a0a0a0a0a0a"
