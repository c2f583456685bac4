"""What `make run` refuses and notes before Jittor compiles."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.layout import read_layout
from pipelines.local import look


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """The fewest photographs that profiles smoke and small can be trained on, as docs/data.md and
    refusals say.
    """
    folder = tmp_path / "album"
    folder.mkdir()
    add_photographs(folder, range(40))
    return folder


def add_photographs(folder: Path, numbers: range) -> None:
    """Write small photographs, each another one."""
    for number in numbers:
        Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(folder / f"{number}.png")


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line with which `make run` is refused.

    Args:
        capsys: reads what is printed.
        arguments: of the run's command line.
    """
    assert look.main(arguments) in (1, 2)
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    return output.err.removesuffix("\n")


@pytest.mark.parametrize("profile", ["smoke", "small"])
def test_forty_photographs_are_enough_and_one_less_is_not(
    profile: str, album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--data", str(album), "--profile", profile)
    assert look.main(arguments) == 0
    capsys.readouterr()
    (album / "39.png").unlink()
    line = refusal(capsys, *arguments)
    assert line.startswith("error: the 31 training images do not fill a batch of pretrain.batch_")


def test_more_clusters_than_training_images(
    album: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert look.main(("--data", str(album), "--clusters", "32")) == 0
    capsys.readouterr()
    assert refusal(capsys, "--data", str(album), "--clusters", "33") == (
        "error: choose_clusters.clusters=33 (CLUSTERS of make run): there are 32 training images: "
        "choose fewer clusters"
    )


def test_copies_of_photographs_are_not_counted_as_though_they_differed(album: Path) -> None:
    for number in range(30, 40):
        (album / f"{number}.png").unlink()
    copied = read_layout(album).splits["train"][0].image
    for number in range(9):
        shutil.copy(copied, album / f"copy{number}.png")
    # 24 of 30 different ones are trained on, and the copies with theirs; of 39 it would be 31.
    assert look.main(("--data", str(album))) == 0


@pytest.mark.parametrize("folder", [False, True])
def test_another_number_of_clusters_than_of_classes(
    folder: bool, synthetic_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ("--data", str(synthetic_data)) if folder else ()
    assert refusal(capsys, *data, "--clusters", "5") == (
        "error: choose_clusters.clusters=5 (CLUSTERS of make run): clusters are matched one to one "
        "to the 6 classes of the data set: leave it out"
    )
    assert look.main(("--clusters", "6")) == 0


def test_too_few_images_in_class_folders(
    synthetic_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal(capsys, "--data", str(synthetic_data))
    assert line.startswith("error: the 24 training images do not fill a batch of ")


def test_settings_folders_and_files_that_cannot_be_used(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert refusal(capsys, "--profile", "big").startswith("error: unknown profile 'big': known are")
    assert refusal(capsys, "--data", str(empty)).startswith(f"error: {empty}: 0 photographs in it;")
    photograph = album / "0.png"
    assert refusal(capsys, "--data", str(photograph)) == (
        f"error: DATA={photograph}: a file, no folder: name one with photographs, or in "
        "ImageNet-S layout, or leave DATA out"
    )


def test_photographs_in_a_folder_train(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "set").mkdir()
    album = album.rename(tmp_path / "set" / "train")
    line = refusal(capsys, "--data", str(album.parent))
    assert line.startswith(
        f"error: {album.parent}: in ImageNet-S layout by its folder train, with no class folder in "
        "it; add a folder for each class there; photographs without classes: name their "
        "folder, in which no folder may be called train ("
    )
    assert look.main(("--data", str(album))) == 0


def test_what_may_not_be_wanted_is_noted(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look.main(("--data", str(album))) == 0
    output = capsys.readouterr()
    assert output.out == ""
    assert "note: profile smoke shows every stage in minutes, on drawn shapes; " in output.err
