"""Predictions as folders of label PNGs, `class/name.png`, of anyone (method 1.4)."""

from __future__ import annotations

import os
from pathlib import Path

from pass_ops.data.decode import decode_mask
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.ids import LabelMap
from pass_ops.data.problem import read_file, refuse_first
from pass_ops.data.user_files.label_files import LabelFiles, list_label_files
from pass_ops.errors import DataError
from pass_ops.evaluation.files import MATCHING

FORM = "write them as CLASS/NAME.png, 8-bit RGB with id = R + 256*G"


class PredictionFolder:
    """Label PNGs by the keys of the images that they belong to. Reading is thread-safe.

    A PNG that belongs to no image has its own path for a key.

    Args:
        root: folder of them.
        truth: says which image lies where.

    Attributes:
        passed_over: what else lies in the folder: hidden, of another format, or in the wrong place.

    Raises:
        DataError: no such folder, one without PNGs, or with two for one image.
    """

    def __init__(self, root: Path, truth: GroundTruth) -> None:
        labels = label_files(root)
        keys = {truth.path(key): key for key in truth.keys}
        self._paths = {keys.get(name, str(path)): path for name, path in labels.files.items()}
        known = labels.used_classes | set(truth.categories)
        empty = [root / name for name in labels.classes if name not in known]
        # `export` writes the matching beside the predictions.
        others = [path for path in labels.others if path != root / MATCHING]
        self.passed_over = tuple(sorted([*labels.passed_over, *others, *empty]))

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all predictions."""
        return tuple(self._paths)

    def read(self, key: str) -> LabelMap:
        """The prediction of image `key`: ids, int32 [H, W].

        Raises:
            BadFileError: truncated, not an 8-bit RGB PNG, or blue somewhere.
        """
        path = self._paths[key]
        return decode_mask(read_file(path), str(path))


def label_files(root: Path) -> LabelFiles:
    """The PNGs of a folder.

    Raises:
        DataError: no such folder, one without PNGs, or with two of one name.
    """
    if not os.path.isdir(root):
        raise DataError(f"{root}: no such folder; check the path")
    labels = list_label_files(root)
    refuse_first(labels.problems)
    if not labels.files:
        raise DataError(f"{root}: no label images in it; {FORM}")
    return labels
