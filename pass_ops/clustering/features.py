"""Descriptors of images, and their file format (ALGORITHMS 5.5, 6.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.crop import CentreCropConfig
from pass_ops.data.images import Images
from pass_ops.data.normalise import normalise
from pass_ops.data.resize import resize_image
from pass_ops.engine.jittor import jt, to_numpy
from pass_ops.engine.loader import batches
from pass_ops.engine.progress import Progress
from pass_ops.errors import ArtifactError
from pass_ops.storage.atomic import atomic_path

Features = NDArray[np.float32]


def extract_features(
    stage: str, describe: Callable[[jt.Var], jt.Var], images: Images, config: CentreCropConfig
) -> Features:
    """Descriptors [N, D] of every image, in the order of `images.keys`.

    Args:
        stage: shown with the progress.
        describe: network from [B, 3, crop, crop] to [B, D], in evaluation mode.
        config: sizes of image, crop and batch.
    """
    progress = Progress(stage, len(images))
    rows: list[Features] = []

    def make(index: int) -> NDArray[np.uint8]:
        return centre_crop(resize_image(images.image(images.keys[index]), config.resize, config.compat), config.crop)

    with jt.no_grad():
        for batch in batches(make, range(len(images)), config.batch_size, workers=2, drop_last=False):
            rows.append(to_numpy(describe(jt.array(normalise(batch)))))
            progress.advance(len(batch))
    return np.concatenate(rows)


def centre_crop(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The central `side` × `side` of [H, W, 3]."""
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    return image[top : top + side, left : left + side]


def save_features(folder: Path, keys: tuple[str, ...], features: Features) -> None:
    """Write `features.npy` [N, D] and `keys.txt`, one key a line."""
    with atomic_path(folder) as temporary:
        temporary.mkdir(parents=True)
        np.save(temporary / "features.npy", features)
        (temporary / "keys.txt").write_text("\n".join(keys) + "\n")


def load_features(folder: Path) -> tuple[tuple[str, ...], Features]:
    """Read what `save_features` wrote.

    Raises:
        ArtifactError: a file is missing or the two disagree.
    """
    try:
        features: Features = np.load(folder / "features.npy", allow_pickle=False)
        keys = tuple((folder / "keys.txt").read_text().split())
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder} holds no features ({error}): run the clustering stage again") from error
    if len(keys) != len(features):
        raise ArtifactError(f"{folder} has {len(keys)} keys for {len(features)} features: run the clustering stage again")
    return keys, features
