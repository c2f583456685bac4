"""Made-up images of 500 x 375 pixels: truth, attention and labels as the pipeline has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pass_ops.data.codec import encode_mask

HEIGHT, WIDTH, CLASSES = 375, 500, 50


@dataclass(frozen=True)
class Scene:
    """A made-up image.

    Attributes:
        truth: int32 [H, W]: one or two ellipses in a band of ignored pixels.
        attention: float32 [H, W], 0..1, enlarged from 32 x 42 as a network's.
        labels: int32 [H, W], 1..K, enlarged likewise: a favourite cluster with patches of others.
    """

    truth: npt.NDArray[np.int32]
    attention: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]


def scene(number: int, classes: int = CLASSES) -> Scene:
    """The scene of that number, always the same.

    Args:
        number: from 0; decides on the class.
        classes: number of classes K.
    """
    rng = np.random.default_rng(number)
    truth = np.zeros((HEIGHT, WIDTH), dtype=np.int32)
    for _ in range(rng.integers(1, 3)):
        x, y = int(rng.integers(100, 400)), int(rng.integers(80, 300))
        width, height = (int(side) for side in rng.integers(30, 160, 2))
        # A band of ignored pixels, then the object, each turned by an angle of its own.
        for sides, label in (
            ((width, height), 1000),
            ((width - 3, height - 3), number % classes + 1),
        ):
            polygon = cv2.ellipse2Poly((x, y), sides, int(rng.integers(180)), 0, 360, delta=1)
            cv2.fillPoly(truth, [np.asarray(polygon)], (label,))
    near = cv2.GaussianBlur((truth > 0).astype(np.float32), (0, 0), 15) * 0.6
    noise = cv2.resize(rng.random((32, 42), dtype=np.float32), (WIDTH, HEIGHT))
    patches = np.where(
        rng.random((32, 42)) < 0.8, number % classes + 1, rng.integers(1, classes + 1, (32, 42))
    )
    labels = cv2.resize(
        patches.astype(np.uint16), (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST
    ).astype(np.int32)
    return Scene(truth, np.clip(near + 0.4 * noise, 0, 1), labels)


def segmented(image: Scene) -> npt.NDArray[np.int32]:
    """The scene's prediction: background below 42 % attention."""
    return np.where(image.attention >= np.float32(0.42), image.labels, 0).astype(np.int32)


def write_folder(*, root: Path, images: int, classes: int, distinct: int) -> None:
    """Write masks and predictions of scenes as label PNGs.

    Args:
        root: folder to write `validation-segmentation` and `predictions` into.
        images: number of scenes.
        classes: number of classes K.
        distinct: how many of the scenes differ; the others are links to these.
    """
    for number in range(images):
        for kind in ("validation-segmentation", "predictions"):
            path = root / kind / f"c{number % classes:04}" / f"{number:06}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            if number < distinct:
                image = scene(number * classes // distinct, classes)
                path.write_bytes(
                    encode_mask(image.truth if kind != "predictions" else segmented(image))
                )
            else:
                first = number % distinct
                path.hardlink_to(root / kind / f"c{first % classes:04}" / f"{first:06}.png")
