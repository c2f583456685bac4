"""Which images a report shows, as strips of image, ground truth and prediction."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.images import Images
from pass_ops.evaluation.files import STRIPS, STRIPS_FOLDER, read_values
from pass_ops.evaluation.report.page import Figure
from pass_ops.evaluation.report.pictures import Example, Picture, caption, strip
from pass_ops.evaluation.scoring.evaluate import Evaluation
from pass_ops.evaluation.scoring.image_scores import ImageScores
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.reading import Predictions
from pass_ops.storage.opening import reading, regular_file

SPAN = "from the best to the worst image"
SAMPLE = "some images"
"""Headings of strips; without masks there are only the latter."""
SAMPLE_SIZE, COMPARED_SIZE = 24, 8
"""Images of the sample: without masks, and with masks, where it serves to compare runs."""
MOST_CLASSES = 60


def save_strips(
    *,
    folder: Path,
    images: Images,
    truth: GroundTruth,
    predictions: Predictions,
    scores: Evaluation,
) -> None:
    """Write strips as JPEG, and `strips.json`: heading → file → caption.

    The first heading, `SPAN`, spans the split; `SAMPLE` has the first images in order of their
    keys, which is random and the same in every run; the others are the names of classes.

    Args:
        folder: of the evaluated split.
        images, truth: of the split.
        predictions: label maps in cluster space.
        scores: of the predictions.
    """
    (folder / STRIPS_FOLDER).mkdir()
    sample = truth.keys[:COMPARED_SIZE]
    keys_by_heading = {SPAN: spread(scores.images), SAMPLE: sample} | {
        category: best_median_worst(
            {key: scores.images[key] for key in truth.keys if truth.label(key) == number}
        )
        for number, category in shown_classes(scores)
    }
    names: dict[str, str] = {}
    index: dict[str, dict[str, str]] = {}
    for heading, keys in keys_by_heading.items():
        index[heading] = {}
        for key in dict.fromkeys(keys):
            example = Example(
                image=images.image(key),
                truth=truth.mask(key),
                prediction=scores.matching.apply(predictions.read(key)),
                scores=scores.images[key],
            )
            if key not in names:
                names[key] = f"{STRIPS_FOLDER}/{len(names):03}.jpg"
                (folder / names[key]).write_bytes(jpeg(strip(example, len(scores.categories))))
            index[heading][names[key]] = caption(example, scores.categories)
    (folder / STRIPS).write_text(json.dumps(index, indent=2) + "\n")


def save_unscored_strips(
    *,
    folder: Path,
    images: Images,
    predictions: Predictions,
    matching: Matching,
    categories: Sequence[str],
) -> list[Example]:
    """The same without masks, under the heading `SAMPLE`: the first images in order of their keys,
    which is random.

    Args:
        folder: of the split.
        images: of the split.
        predictions: label maps in cluster space.
        matching: of clusters to classes.
        categories: names of the classes or clusters 1..K.

    Returns:
        What is shown.
    """
    (folder / STRIPS_FOLDER).mkdir()
    captions: dict[str, str] = {}
    examples = []
    for number, key in enumerate(images.keys[:SAMPLE_SIZE]):
        example = Example(image=images.image(key), prediction=matching.apply(predictions.read(key)))
        name = f"{STRIPS_FOLDER}/{number:03}.jpg"
        (folder / name).write_bytes(jpeg(strip(example, len(categories))))
        captions[name] = caption(example, categories)
        examples.append(example)
    (folder / STRIPS).write_text(json.dumps({SAMPLE: captions}, indent=2) + "\n")
    return examples


def load_strips(folder: Path, first: str = SPAN) -> dict[str, list[Figure]]:
    """The strips in `folder`, by heading.

    Args:
        folder: of the split.
        first: heading that must be there.
    """
    index = read_values(dict[str, dict[str, str]], folder / STRIPS)
    advice = "run the stage that writes them again"
    with reading(path=folder, what="pictures of a split", advice=advice):
        return {
            heading: [Figure(text, _read_strip(folder, name)) for name, text in strips.items()]
            # Named first, so that it is there.
            for heading, strips in ({first: index[first]} | index).items()
        }


def _read_strip(folder: Path, name: str) -> bytes:
    """The strip that `strips.json` calls `name`; a page holds no other files of its reader.

    Raises:
        OSError, ValueError: there is none, or it lies elsewhere.
    """
    if Path(name).parent != Path(STRIPS_FOLDER):
        raise ValueError(f"{name} is not in {STRIPS_FOLDER}/")
    return regular_file(folder / name).read_bytes()


def spread(images: Mapping[str, ImageScores], count: int = 10) -> list[str]:
    """Keys at equal steps from the best to the worst mIoU, so that the whole range is seen.

    Args:
        images: scores of each image by its key.
        count: of the keys; fewer if there are fewer images.
    """
    ranked = sorted(images, key=lambda key: (-images[key].miou, key))
    steps = np.linspace(0, len(ranked) - 1, min(count, len(ranked))).round().astype(int)
    return [ranked[step] for step in steps]


def best_median_worst(images: Mapping[str, ImageScores]) -> list[str]:
    """Keys of these three images by mIoU; fewer if there are fewer."""
    return list(dict.fromkeys(spread(images, 3)))


def shown_classes(scores: Evaluation) -> list[tuple[int, str]]:
    """Ids and names of the classes to show: of more than 60, the 30 best and worst by IoU."""
    ranks = [int(i) + 1 for i in np.argsort(-scores.iou[1:], kind="stable")]
    half = MOST_CLASSES // 2
    ids = ranks if len(ranks) <= MOST_CLASSES else ranks[:half] + ranks[-half:]
    return [(number, scores.categories[number - 1]) for number in sorted(ids)]


def jpeg(picture: Picture) -> bytes:
    """An RGB picture, uint8 [H, W, 3], as JPEG."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=88)
    return buffer.getvalue()
