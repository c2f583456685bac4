"""Whether there is room for what a stage writes of every image, before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.data.splits import EVERY, parts_of
from pass_ops.paths import AttentionMapsPath, FeaturesPath, LabelMapsPath, RegionsPath
from pass_ops.storage.disk_space import require_room

BYTES: dict[Any, tuple[int, str]] = {
    LabelMapsPath: (6 * 2**10, EVERY),
    RegionsPath: (96 * 2**10, EVERY),
    # Of which distances to 919 clusters, the most there are, take all but a quarter of a KiB.
    AttentionMapsPath: (2**12, EVERY),
    FeaturesPath: (8 * 2**10, "train"),
}
"""Of an image of 0.2 megapixels in an output of a kind (docs/architecture.md), and the splits whose
images are in it where the stage does not say. Other kinds take little, or not by image.
"""


def require_room_for(
    outputs: Mapping[Path, Any], counts: Mapping[str, int], split: str | None
) -> None:
    """Refuse outputs that will not fit on their disks.

    Args:
        outputs: the kind of each, by its path.
        counts: images of the data set by split.
        split: whose images the stage works on; None where it does not say.

    Raises:
        StorageError: one will not, by the bytes of each image.
    """
    for path, kind in outputs.items():
        while kind not in BYTES and kind is not Path:
            kind = kind.__supertype__
        if kind is Path:
            continue
        size, all_of = BYTES[kind]
        splits = parts_of(split or all_of)
        images = sum(counts.get(one, 0) for one in splits)
        require_room(path, images * size, f"{images} images of {size / 2**10:g} KiB")
