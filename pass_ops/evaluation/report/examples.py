"""Which images a report shows, as strips of image, ground truth and prediction."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.evaluation.report.page import Figure, figures
from pass_ops.evaluation.report.pictures import Example, Picture, caption, strip
from pass_ops.evaluation.scoring.evaluate import Evaluation
from pass_ops.evaluation.scoring.reading import Predictions
from pass_ops.evaluation.scoring.score import ImageScores

STRIPS = "strips.json"
"""Heading → file → caption, of the strips beside it; the first heading spans the split, the others
are class by class.
"""

SPAN = "from the best to the worst image"
MOST_CLASSES = 60


def save_strips(
    *,
    folder: Path,
    images: Images,
    truth: GroundTruth,
    predictions: Predictions,
    scored: Evaluation,
) -> None:
    """Write strips as JPEG, and `strips.json`."""
    (folder / "strips").mkdir()
    chosen = {SPAN: spread(scored.images)} | {
        category: best_median_worst(
            {key: scored.images[key] for key in truth.keys if truth.label(key) == number}
        )
        for number, category in shown_classes(scored)
    }
    names: dict[str, str] = {}
    index: dict[str, dict[str, str]] = {}
    for heading, keys in chosen.items():
        index[heading] = {}
        for key in dict.fromkeys(keys):
            example = Example(
                image=images.image(key),
                truth=truth.mask(key),
                prediction=scored.matching.apply(predictions.read(key)),
                scores=scored.images[key],
            )
            if key not in names:
                names[key] = f"strips/{len(names):03}.jpg"
                (folder / names[key]).write_bytes(jpeg(strip(example, len(scored.categories))))
            index[heading][names[key]] = caption(example, scored.categories)
    (folder / STRIPS).write_text(json.dumps(index, indent=2) + "\n")


def strips_html(folder: Path) -> dict[str, str]:
    """The strips in `folder` as HTML, by heading."""
    index: dict[str, dict[str, str]] = json.loads((folder / STRIPS).read_text())
    return {
        heading: figures(
            [Figure(text, (folder / name).read_bytes()) for name, text in strips.items()]
        )
        for heading, strips in index.items()
    }


def spread(images: Mapping[str, ImageScores], count: int = 10) -> list[str]:
    """Keys of `count` images at equal steps from the best to the worst mIoU, so that the whole
    range is seen.
    """
    ranked = sorted(images, key=lambda key: (-images[key].miou, key))
    steps = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [ranked[step] for step in steps]


def best_median_worst(images: Mapping[str, ImageScores]) -> list[str]:
    """Keys of these three images by mIoU; fewer if there are fewer."""
    return list(dict.fromkeys(spread(images, 3)))


def shown_classes(scored: Evaluation) -> list[tuple[int, str]]:
    """Ids and names of the classes to show, all or, beyond 60, the 30 best and the 30 worst by
    IoU.
    """
    ranked = [int(i) + 1 for i in np.argsort(-scored.iou[1:], kind="stable")]
    half = MOST_CLASSES // 2
    kept = ranked if len(ranked) <= MOST_CLASSES else ranked[:half] + ranked[-half:]
    return [(number, scored.categories[number - 1]) for number in sorted(kept)]


def jpeg(picture: Picture) -> bytes:
    """An RGB picture, uint8 [H, W, 3], as JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=88)
    return buffer.getvalue()
