"""Masks of other programs in the colour code of ImageNet-S (method 1.4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pass_ops.data.codec import IGNORE, encode_mask
from pass_ops.data.decoding.conversion import decode_indices
from pass_ops.data.problem import BadFileError, Problem, read_file, refuse_first
from pass_ops.data.user_files.label_files import ENDING
from pass_ops.data.user_files.photographs import list_photographs
from pass_ops.engine.progress import track
from pass_ops.errors import DataError
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import NEW_FOLDER
from pass_ops.storage.outputs import require_free


def convert_masks(source: Path, destination: Path, ignored: int) -> int:
    """Write masks, 8-bit grey or palette PNGs whose values are class ids, as RGB PNGs.

    Args:
        source: folder of them, at any depth.
        destination: folder to write, whole or not at all, with files of the same names.
        ignored: value of pixels to ignore, 0..255; -1 for none.

    Returns:
        How many masks there are.

    Raises:
        DataError: there is none; or some are no such PNGs: names the first, and counts them.
        StorageError: something is at the destination, or it lies in the source.
    """
    require_free(destination, NEW_FOLDER, (source,))
    listing = list_photographs(source)
    masks = [path for path in listing.files if path.suffix.lower() == ENDING]
    refuse_first(listing.problems)
    if not masks:
        raise DataError(f"{source}: no PNG in it; name the folder of the masks")
    problems: list[Problem] = []
    with atomic_path(destination, NEW_FOLDER) as folder:
        for path in track(masks, "convert masks", len(masks)):
            try:
                ids = decode_indices(read_file(path), str(path)).astype(np.int32)
            except BadFileError as error:
                problems.append(error.problem)
                continue
            target = folder / path.relative_to(source).with_suffix(ENDING)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(encode_mask(np.where(ids == ignored, IGNORE, ids)))
        refuse_first(problems)
    return len(masks)
