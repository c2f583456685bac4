"""ImageNet-S from a tiny copy of ImageNet-1k."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.codec import encode_mask
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.locate import locate
from pass_ops.data.packing.check import list_problems
from pass_ops.data.packing.prepare import Sources, prepare
from pass_ops.data.packing.subsets import SUBSETS
from pass_ops.errors import DataError, StorageError

FISH, CRANE, PART = "n01443537", "n04355933", "n04356056"
EXPECTED = {"classes": 2, "train": 9, "validation": 2, "test": 2, "train-semi": 2}


@pytest.fixture(params=["flat", "by class"])
def sources(tmp_path: Path, request: pytest.FixtureRequest) -> Sources:
    """Three classes, one of which counts to another, and the benchmark's files."""
    rng, root = np.random.default_rng(31), tmp_path / "imagenet"

    def photograph(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (12, 16, 3), dtype=np.uint8)).save(path)

    for wnid in (FISH, CRANE, PART):
        for number in range(3):
            photograph(root / "train" / wnid / f"{wnid}_{number}.JPEG")
    for number in range(1, 7):
        folder = root / "val" / ("" if request.param == "flat" else FISH)
        photograph(folder / f"ILSVRC2012_val_{number:08}.JPEG")
    (root / "LOC_synset_mapping.txt").write_text(f"{FISH} goldfish, Carassius auratus\n")
    mask = encode_mask(np.ones((12, 16), np.int32))
    with zipfile.ZipFile(tmp_path / "masks.zip", "w") as archive:
        for place, (wnid, number) in enumerate(((FISH, 1), (CRANE, 2))):
            held_out = f"ILSVRC2012_val_{number:08}.png"
            archive.writestr(f"ImageNetS/validation-segmentation/{wnid}/{held_out}", mask)
            name = f"{wnid}_{place}.png"
            archive.writestr(f"ImageNetS/train-semi-segmentation/{wnid}/{name}", mask)
    lines = (
        f"val/ILSVRC2012_val_{number:08}.JPEG test/{wnid}/ILSVRC2012_val_{number:08}.JPEG\n"
        for wnid, number in ((FISH, 3), (CRANE, 4))
    )
    (tmp_path / "test.txt").write_text("".join(lines))
    return Sources(
        imagenet=root, annotations=tmp_path / "masks.zip", test_mapping=tmp_path / "test.txt"
    )


def test_the_set_is_whole_and_a_second_call_changes_nothing(
    sources: Sources, tmp_path: Path
) -> None:
    root = tmp_path / "set"
    assert prepare(sources, root, EXPECTED) == EXPECTED
    assert list_problems(str(root), tmp_path) == []
    pointer = locate(str(root))
    assert pointer.counts == {name: EXPECTED[name] for name in EXPECTED if name != "classes"}
    truth = open_ground_truth(pointer, "train-semi", tmp_path)
    assert (truth.has_masks, truth.names) == (True, ("goldfish", CRANE))
    assert sorted(path.stem for path in (root / "train" / CRANE).iterdir()) == sorted(
        f"{wnid}_{number}" for wnid in (CRANE, PART) for number in range(3)
    )
    before = {path: path.lstat().st_mtime_ns for path in root.rglob("*.*") if path.parent != root}
    assert prepare(sources, root, EXPECTED) == EXPECTED
    assert before == {path: path.lstat().st_mtime_ns for path in before}


def test_it_goes_on_where_it_was_interrupted(sources: Sources, tmp_path: Path) -> None:
    root = tmp_path / "set"
    prepare(sources, root, EXPECTED)
    shutil.rmtree(root / "test")
    mask = next((root / "validation-segmentation").rglob("*.png"))
    mask.write_bytes(mask.read_bytes()[:20])
    prepare(sources, root, EXPECTED)
    assert list_problems(str(root), tmp_path) == []


def test_other_counts_are_refused(sources: Sources, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^2 classes, and ImageNet-S50 has 50: name the files"):
        prepare(sources, tmp_path / "set", SUBSETS[50])
    with pytest.raises(DataError, match=r"^9 images in train, and ImageNet-S2 has 10"):
        prepare(sources, tmp_path / "set", EXPECTED | {"train": 10})


def test_missing_images_damaged_files_and_foreign_places(sources: Sources, tmp_path: Path) -> None:
    place = tmp_path / "set" / "train" / FISH
    place.mkdir(parents=True)
    with pytest.raises(StorageError, match="something else is there"):
        prepare(sources, tmp_path / "set", EXPECTED)
    for image in (sources.imagenet / "val").rglob("*_00000003.JPEG"):
        image.unlink()
    with pytest.raises(DataError, match=r"no image ILSVRC2012_val_00000003\.JPEG of test"):
        prepare(sources, tmp_path / "other", EXPECTED)
    sources.test_mapping.write_text("one\n")
    with pytest.raises(DataError, match="holds no list of test images"):
        prepare(sources, tmp_path / "other", EXPECTED)
    sources.annotations.write_bytes(b"no zip")
    with pytest.raises(DataError, match="holds no zip of masks"):
        prepare(sources, tmp_path / "other", EXPECTED)
