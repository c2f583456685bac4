"""Masks of other programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pass_ops.data.decode import decode_mask
from pass_ops.data.packing.convert import convert_masks
from pass_ops.errors import DataError, StorageError

IDS = np.array([[0, 1, 7], [254, 255, 20]], np.uint8)


@pytest.fixture
def masks(tmp_path: Path) -> Path:
    """The same mask as grey and as palette PNG, one deeper than the other."""
    root = tmp_path / "masks"
    (root / "cat").mkdir(parents=True)
    Image.fromarray(IDS).save(root / "grey.PNG", format="PNG")
    palette = Image.fromarray(IDS, mode="P")
    palette.putpalette(bytes(number * 7 % 256 for number in range(768)))
    palette.save(root / "cat" / "palette.png")
    (root / ".DS_Store").write_bytes(b"finder")
    return root


@pytest.mark.parametrize(("ignored", "last"), [(255, 1000), (-1, 255)])
def test_values_become_ids(masks: Path, tmp_path: Path, ignored: int, last: int) -> None:
    assert convert_masks(masks, tmp_path / "out", ignored) == 2
    for name in ("grey.png", "cat/palette.png"):
        ids = decode_mask((tmp_path / "out" / name).read_bytes(), name)
        assert ids.tolist() == [[0, 1, 7], [254, last, 20]]
    assert len(list((tmp_path / "out").rglob("*.*"))) == 2


def test_what_is_no_such_mask_is_refused_and_nothing_is_left(masks: Path, tmp_path: Path) -> None:
    Image.fromarray(IDS).convert("RGB").save(masks / "rgb.png")
    Image.fromarray(IDS.astype(np.uint16)).save(masks / "deep.png")
    (masks / "cut.png").write_bytes((masks / "grey.PNG").read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cut\.png: unreadable .* \(3 problems in all\)$"):
        convert_masks(masks, tmp_path / "out", 255)
    assert not (tmp_path / "out").exists()


def test_no_mask_and_no_place(masks: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no PNG in it"):
        convert_masks(tmp_path / "empty", tmp_path / "out", 255)
    with pytest.raises(StorageError, match="lies in the input"):
        convert_masks(masks, masks / "out", 255)
