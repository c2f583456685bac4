"""The images of this machine, named in a compiled pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.base import POST_IMAGE, TRAIN_IMAGE
from pass_ops.errors import ConfigError
from pipelines.images.local_images import local_images, source_of_images
from pipelines.images.lock import write_lock
from pipelines.images.placeholders import replace_images

PACKAGE = f"""executors:
  a:
    image: {TRAIN_IMAGE}
  b:
    image: {POST_IMAGE}
  c:
    image: python:3.11
"""
REFERENCES = {
    "train": "pass-ops/train:cpu-0123456789ab",
    "post": "pass-ops/post:cpu-ba9876543210",
}


def test_names_become_what_was_built(tmp_path: Path) -> None:
    write_lock(tmp_path / "images.lock", {**REFERENCES, "source": source_of_images()})
    expected = PACKAGE.replace(TRAIN_IMAGE, REFERENCES["train"])
    expected = expected.replace(POST_IMAGE, REFERENCES["post"])
    assert replace_images(PACKAGE, local_images(tmp_path / "images.lock")) == expected


@pytest.mark.parametrize(
    ("lock", "problem"),
    [
        (None, "there are no images yet"),
        (
            {**REFERENCES, "source": "0123456789abcdef"},
            "the images hold other code than this clone",
        ),
        (REFERENCES, "the images hold other code than this clone"),
        ({"train": REFERENCES["train"], "source": ""}, "there is no image post"),
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
        local_images(path)
    assert str(raised.value).startswith(f"{path}: {problem}")
    assert "make images DEVICE=cpu" in str(raised.value)
