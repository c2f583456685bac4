"""Draw `docs/results.png` from a finished local run: photographs, pseudo-labels, predictions.

`python -m benchmarks.picture .pass-ops/stages/<time>/<pipeline> docs/results.png`

The columns are test images from the best to the worst prediction, at equal steps in the order of
their mIoU: none is picked by hand. Clusters have the colours of the classes that they were matched
to on validation.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import data_cache
from pass_ops.evaluation.files import MATCHING
from pass_ops.evaluation.report.colours import class_colours
from pass_ops.evaluation.report.examples import spread
from pass_ops.evaluation.report.pictures import overlay
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.paths import LabelMapsPath, PointerPath

COLUMNS, SIDE, GAP = 7, 150, 6
Pixels = NDArray[np.uint8]


def draw(stages: Path, target: Path) -> None:
    """Draw the picture.

    Args:
        stages: folder of a local run's finished stages.
        target: PNG to write.
    """
    folders = {
        json.loads(metrics.read_text())["stage"]: metrics.parent
        for metrics in stages.glob("*/metrics")
    }
    pointer = DatasetPointer.load(PointerPath(folders["validate_data"] / "dataset"))
    images = open_images(pointer, "test", data_cache())
    truth = open_ground_truth(pointer, "test", data_cache())
    matching = Matching.load(folders["evaluate_validation"] / "evaluation" / MATCHING)
    painted = LabelMaps(LabelMapsPath(folders["prompt_masks_held_out"] / "painted_maps"))
    maps = LabelMapsPath(folders["complete_predictions"] / "completed_maps")
    predicted = LabelMaps(maps, only=truth.keys)
    scores = evaluate(predictions=predicted, truth=truth, matching=matching)
    colours = class_colours(len(truth.categories))
    columns = []
    for key in spread(scores.images, COLUMNS):
        photograph, masks = images.image(key), painted.read(key)
        settled = np.where(masks == UNCERTAIN, 0, masks).astype(np.int32)
        panels = [photograph] + [
            overlay(photograph, matching.apply(labels), colours)
            for labels in (settled, predicted.read(key))
        ]
        columns.append(_joined([_square(panel) for panel in panels], axis=0))
    Image.fromarray(_joined(columns, axis=1)).quantize(256).save(target, optimize=True)
    miou = scores.metrics["miou"]
    print(f"{target}: {COLUMNS} of {len(images)} test images, whose mIoU is {miou:.3f}")


def _square(panel: Pixels) -> Pixels:
    """The middle of a picture, [SIDE, SIDE, 3]."""
    return np.asarray(ImageOps.fit(Image.fromarray(panel), (SIDE, SIDE)))


def _joined(parts: list[Pixels], axis: int) -> Pixels:
    """Pictures beside (axis 1) or below (axis 0) each other, white between them."""
    gap = np.full((GAP, SIDE, 3) if axis == 0 else (parts[0].shape[0], GAP, 3), 255, np.uint8)
    joined = [part for one in parts for part in (one, gap)]
    return np.concatenate(joined[:-1], axis=axis)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
