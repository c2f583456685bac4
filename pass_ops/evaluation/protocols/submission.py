"""A zip to hand in to the benchmark's server (method 15.6)."""

from __future__ import annotations

import zipfile
from dataclasses import astuple, dataclass
from pathlib import Path

from pass_ops.data.codec import encode_mask
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.locate import locate
from pass_ops.errors import DataError, printable
from pass_ops.evaluation.files import MATCHING, METHOD
from pass_ops.evaluation.folders.predictions import PredictionFolder
from pass_ops.evaluation.scoring.evaluate import refuse, unpaired
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.evaluation.scoring.scope import Scope
from pass_ops.paths import SubmissionPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


@dataclass(frozen=True, kw_only=True)
class Method:
    """The lines of method.txt, in their order.

    Attributes:
        name: of the method.
        training_data: what it was trained on.
        training_scheme: how.
        networks: which, and where they are to be found.
        description: in one sentence.
    """

    name: str
    training_data: str
    training_scheme: str
    networks: str
    description: str

    def text(self) -> str:
        """The five lines.

        Raises:
            DataError: a line is empty or is several.
        """
        lines = astuple(self)
        if any(not line.strip() or line.splitlines() != [line] for line in lines):
            raise DataError(
                f"{METHOD}: each of its five entries must be one line that is not empty"
            )
        return "".join(f"{line.strip()}\n" for line in lines)


def write_submission(
    *,
    folder: Path,
    data: str,
    split: str,
    matching: Matching,
    method: Method,
    target: Path,
    cache: Path,
) -> Scope:
    """Write a label PNG for every image of the split, match.json and method.txt into a zip.

    Args:
        folder: predictions as label PNGs, in cluster space; the server applies the matching.
        data, split: the data set, with or without masks.
        matching: the one found on validation.
        method: what method.txt says.
        target: zip to write.
        cache: folder for what is fetched from S3.

    Returns:
        How many predictions there are, of how many images.

    Raises:
        DataError: a prediction is missing, damaged, not of its image's size or has ids above K;
            each was printed.
    """
    pointer = locate(data)
    images, truth = open_images(pointer, split, cache), open_ground_truth(pointer, split, cache)
    predictions = PredictionFolder(folder, truth)
    for path in predictions.passed_over:
        print(f"passed over: {printable(str(path))}")
    matching.require(len(truth.categories))
    problems = unpaired(predictions, truth)
    present = set(predictions.keys)
    text = method.text()
    with (
        atomic_path(target, form_of(SubmissionPath)) as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        for key in [key for key in truth.keys if key in present]:
            problem = _add(
                archive=archive, key=key, predictions=predictions, images=images, truth=truth
            )
            if problem:
                problems.append(f"{truth.path(key)}: {problem}")
        refuse(problems, print)
        archive.writestr(MATCHING, matching.json())
        archive.writestr(METHOD, text)
    return Scope.of(predictions, truth)


def _add(
    *,
    archive: zipfile.ZipFile,
    key: str,
    predictions: PredictionFolder,
    images: Images,
    truth: GroundTruth,
) -> str:
    """Add an image's prediction; returns what is wrong with it, nothing if nothing is.

    Args:
        archive: zip to add it to.
        key: of the image.
        predictions, images, truth: of the split.
    """
    try:
        labels = predictions.read(key)
    except DataError as error:
        return str(error)
    height, width = labels.shape
    if (width, height) != images.size(key):
        size = "x".join(map(str, images.size(key)))
        return f"prediction is {width}x{height}, image is {size}; predict again"
    if labels.max() > len(truth.categories):
        expected = f"expected 0..{len(truth.categories)}"
        return f"ids {labels.min()}..{labels.max()}, {expected}; predict again"
    archive.writestr(f"{truth.path(key)}.png", encode_mask(labels))
    return ""
