"""Images by digest in a compiled pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.base import POST_IMAGE, TRAIN_IMAGE
from pass_ops.errors import ConfigError
from pipelines.compile import compile_for_cluster
from pipelines.images.pin import pin_images, unbuilt_images
from tests.pipelines.test_compile import outer

TRAIN = f"registry.example:5000/pass-ops/train@sha256:{64 * 'a'}"
POST = f"registry.example:5000/pass-ops/post@sha256:{64 * 'b'}"
PACKAGE = f"""executors:
  a:
    image: {TRAIN_IMAGE}
  b:
    image: {POST_IMAGE}
  c:
    image: {TRAIN_IMAGE}
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A compiled pipeline, as far as its images go."""
    path = tmp_path / "pipeline.yaml"
    path.write_text(PACKAGE)
    return path


def lock(tmp_path: Path, *lines: str) -> Path:
    """A lock file with a comment and a blank line.

    Args:
        tmp_path: folder to write it into.
        lines: that follow.
    """
    path = tmp_path / "images.lock"
    path.write_text("# of the release\n\n" + "".join(f"{line}\n" for line in lines))
    return path


def test_names_become_digests(package: Path, tmp_path: Path) -> None:
    pin_images(package, lock(tmp_path, f"train={TRAIN}", f"post={POST} # 1.2 GB", "mlflow=tag:1"))
    assert package.read_text() == PACKAGE.replace(TRAIN_IMAGE, TRAIN).replace(POST_IMAGE, POST)


@pytest.mark.parametrize(
    "reference",
    [
        "registry.example/pass-ops/train:1.0",
        "registry.example/pass-ops/train",
        TRAIN[:-1],
        TRAIN.upper(),
        f"registry.example/train@sha256:{64 * '0'}",
    ],
    ids=["tag", "bare", "short", "upper", "placeholder"],
)
def test_anything_but_a_digest_is_refused_in_one_line(
    package: Path, tmp_path: Path, reference: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        pin_images(package, lock(tmp_path, f"train={reference}", f"post={POST}"))
    message = str(raised.value)
    assert "\n" not in message
    assert f"image train is '{reference}', not a digest" in message
    assert "ALLOW_TAGS='reason'" in message
    assert package.read_text() == PACKAGE


def test_an_image_that_the_lock_lacks_is_refused(package: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="image post is 'pass-ops/post"):
        pin_images(package, lock(tmp_path, f"train={TRAIN}"))
    with pytest.raises(ConfigError, match="image train is 'pass-ops/train"):
        pin_images(package, tmp_path / "absent.lock")


def test_a_named_reason_lets_tags_through_and_is_kept(package: Path, tmp_path: Path) -> None:
    pin_images(package, lock(tmp_path, "train=localhost/train:trial"), allow_tags="trial on kind")
    assert package.read_text() == "# Images by tag: trial on kind\n" + PACKAGE.replace(
        TRAIN_IMAGE, "localhost/train:trial"
    )


def test_images_that_the_lock_lacks_are_named_until_all_are_there(tmp_path: Path) -> None:
    assert "names no image post and train, so" in unbuilt_images(tmp_path / "absent.lock")
    path = lock(tmp_path, "train=localhost/train:trial", "mlflow=localhost/mlflow:trial")
    problem = unbuilt_images(path)
    assert problem.startswith(f"{path} names no image post, so pods would find none: ")
    assert "make images REGISTRY=" in problem
    assert "\n" not in problem
    assert unbuilt_images(lock(tmp_path, "train=localhost/train:trial", f"post={POST}")) == ""


@pytest.mark.parametrize("line", ["train", "train=", f"train={TRAIN}\ntrain={TRAIN}"])
def test_an_unreadable_lock_is_refused_by_line(package: Path, tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigError, match=r"images\.lock:[34]: "):
        pin_images(package, lock(tmp_path, line))


def test_a_refused_image_leaves_the_old_package(tmp_path: Path) -> None:
    package = tmp_path / "build" / "pipeline.yaml"
    compile_for_cluster(
        pipeline=outer, package=package, lock=tmp_path / "absent.lock", allow_tags="toy"
    )
    before = package.read_text()
    with pytest.raises(ConfigError):
        compile_for_cluster(
            pipeline=outer, package=package, lock=tmp_path / "absent.lock", allow_tags=""
        )
    assert package.read_text() == before
    assert list(package.parent.iterdir()) == [package]
