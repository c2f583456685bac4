"""Predictions in the layout that the benchmark and its tools read (method 1.4, 15.3)."""

from __future__ import annotations

from pathlib import Path

from pass_ops.data.codec import encode_mask
from pass_ops.data.ground_truth import GroundTruth
from pass_ops.data.label_maps import LabelMaps
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.storage.atomic import atomic_path


def export(*, predictions: LabelMaps, truth: GroundTruth, matching: Matching, folder: Path) -> None:
    """Write `folder`/category/stem.png (id = R + 256 G, cluster space) for every image, and
    `folder`/match.json.

    The evaluator of the benchmark turns clusters into classes by match.json, so the images stay as
    predicted.

    Raises:
        ArtifactError: an image has no prediction, or a damaged one.
    """
    with atomic_path(folder) as part:
        for key in truth.keys:
            path = part / f"{truth.path(key)}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(encode_mask(predictions.read(key)))
        matching.save(part / "match.json")
