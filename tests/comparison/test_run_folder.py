"""Folders of runs, whole, old and damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pass_ops.comparison.page import comparison_page
from pass_ops.comparison.run_folder import open_both, open_run_folder
from pass_ops.errors import PassError


def test_the_scores_are_those_of_the_run(runs: tuple[Path, Path]) -> None:
    good, bad = map(open_run_folder, runs)
    assert good.iou["test"] == pytest.approx(dict.fromkeys(good.iou["test"], 1.0))
    assert len(good.iou["test"]) == 7
    assert all(0 <= value < 1 for value in bad.iou["validation"].values())


def test_the_same_images_are_shown_of_both_in_the_same_order(runs: tuple[Path, Path]) -> None:
    captions = [
        [
            figure.caption.partition(": ")[2].partition(",")[0]
            for figure in open_run_folder(run).strips
        ]
        for run in runs
    ]
    assert captions[0] == captions[1]
    assert len(captions[0]) == 8


def test_folders_of_one_name_are_told_apart_by_their_paths(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    assert [run.name for run in open_both(*runs)] == ["good", "bad"]
    copy = shutil.copytree(runs[1], tmp_path / "good")
    assert [run.name for run in open_both(runs[0], copy)] == [str(runs[0]), str(copy)]


def test_a_run_of_an_earlier_version_has_no_pictures(
    runs: tuple[Path, Path], tmp_path: Path
) -> None:
    old = tmp_path / "old"
    old.mkdir()
    shutil.copy(runs[0] / "result.json", old)
    run = open_run_folder(old)
    assert (run.iou, run.strips) == ({}, ())
    assert "kept in the folder of old, which" in comparison_page((open_run_folder(runs[1]), run))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("result.json", None),
        ("result.json", "{"),
        ("result.json", '{"profile": 3}'),
        ("test_evaluation/classes.json", "[]"),
        ("test_evaluation/strips.json", '{"some images": {"../../result.json": "a"}}'),
        ("test_evaluation/strips.json", '{"some images": {"strips/gone.jpg": "a"}}'),
    ],
)
def test_a_damaged_run_is_one_line_that_names_what_is_wrong(
    runs: tuple[Path, Path], tmp_path: Path, file: str, content: str | None
) -> None:
    damaged = shutil.copytree(runs[0], tmp_path / "damaged")
    if content is None:
        (damaged / file).unlink()
    else:
        (damaged / file).write_text(content)
    with pytest.raises(PassError) as caught:
        open_run_folder(damaged)
    assert "\n" not in str(caught.value)
    assert str(damaged) in str(caught.value)
