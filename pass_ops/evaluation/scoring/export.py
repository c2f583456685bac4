"""Predictions in the layout that the benchmark and its tools read (method 1.4, 15.3)."""

from __future__ import annotations

from pass_ops.data.codec import encode_mask
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.evaluation.files import MATCHING
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.paths import ExportedPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of


def export(
    *, predictions: LabelMaps, truth: GroundTruth, matching: Matching, folder: ExportedPath
) -> None:
    """Write `category/stem.png` (id = R + 256 G) for every image, and match.json, into a folder.

    The evaluator of the benchmark turns clusters into classes by match.json, so the images stay in
    cluster space.

    Args:
        predictions: label maps in cluster space.
        truth: of the split; says where the benchmark looks for each image.
        matching: of clusters to classes.
        folder: to write.

    Raises:
        ArtifactError: an image has no prediction, or a damaged one.
    """
    with atomic_path(folder, form_of(ExportedPath)) as part:
        for key in truth.keys:
            path = part / f"{truth.path(key)}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode_mask(predictions.read(key)))
        matching.save(part / MATCHING)
