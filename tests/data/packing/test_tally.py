"""How much of everything a set has, and what in it is passed over."""

from __future__ import annotations

import shutil
from pathlib import Path

from pass_ops.data.packing.tally import Tally, tally
from pass_ops.data.packing.validate import validate
from pass_ops.data.pointer import DatasetPointer

FILES = {"train": (24, 0), "validation": (12, 12), "test": (12, 12)}


def test_a_folder_and_its_packed_form_have_the_same(
    synthetic_data: Path, packed_synthetic: DatasetPointer, tmp_path: Path
) -> None:
    packed = Path(packed_synthetic.uri)
    assert tally(str(synthetic_data), tmp_path) == Tally(6, FILES)
    assert tally(str(packed), tmp_path) == Tally(6, FILES)
    assert tally(str(packed / "pointer.json"), tmp_path) == Tally(6, FILES)


def test_hidden_files_and_litter_are_no_problem_and_are_named(
    synthetic_data: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(synthetic_data, tmp_path / "data")
    litter = [
        "train/.ipynb_checkpoints",
        "train/n90000001/Thumbs.db",
        "train/n90000001/._photo.JPEG",
        "validation/.DS_Store",
        "validation-segmentation/__MACOSX",
        "validation-segmentation/n90000001/.DS_Store",
    ]
    for name in litter:
        (root / name).touch()
    others = ["README.md", "train-segmentation"]
    for name in others:
        (root / name).mkdir()
    assert validate(root, tmp_path) == []
    counts = tally(str(root), tmp_path)
    assert (counts.classes, counts.files) == (6, FILES)
    assert counts.passed_over == tuple(sorted(root / name for name in (*litter, *others)))
    first, *others = counts.lines()
    assert first == (
        "6 classes (in masks 1000 is ignored); train 24 images, 0 masks; "
        "validation 12 images, 12 masks; test 12 images, 12 masks"
    )
    assert others == [f"passed over: {path}" for path in counts.passed_over]
