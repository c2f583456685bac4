"""The table of what each step of mask making gains."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.codec import IGNORE, UNCERTAIN
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.evaluation.diagnostics.mask_quality import StepMaps, mask_quality, score_maps
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.evaluation.scoring.metrics import DECOMPOSITION

# Cluster i is class ORDER[i]: a matching has to be found, and to be carried over to test.
ORDER = np.array([0, 3, 1, 2, 6, 4, 5], np.int32)


@pytest.fixture(scope="module")
def truths(
    synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[GroundTruth, GroundTruth]:
    """Ground truth of validation and of test."""
    cache, pointer = tmp_path_factory.mktemp("cache"), locate(str(synthetic_data))
    return (
        open_ground_truth(pointer, "validation", cache),
        open_ground_truth(pointer, "test", cache),
    )


def write(folder: Path, truths: Sequence[GroundTruth], share: float) -> Path:
    """The truth in cluster ids on the left part of each image, a `share` of its width."""
    with LabelMapWriter(folder) as writer:
        for truth in truths:
            for key in truth.keys:
                mask = truth.mask(key)
                labels = ORDER[np.where(mask == IGNORE, 0, mask)]
                labels[:, round(labels.shape[1] * share) :] = 0
                writer.write(key, labels)
    return folder


def test_rows_follow_the_steps(truths: tuple[GroundTruth, GroundTruth], tmp_path: Path) -> None:
    steps = [
        StepMaps(name, write(tmp_path / name, truths, share))
        for name, share in (("whole", 1.0), ("most", 0.6))
    ]
    whole, most = mask_quality(steps, *truths)
    assert (whole.step, most.step) == ("whole", "most")
    # ORDER the other way round: pixel label 1 is where class 2 was, and so on.
    assert whole.matching == (2, 3, 1, 5, 6, 4)
    # One image of twelve has no object, and no class.
    assert whole.validation == pytest.approx(
        {**dict.fromkeys(("miou", *DECOMPOSITION), 1), "no_object": 0, "acc": 11 / 12}
    )
    assert (whole.test["miou"], whole.test["f"]) == pytest.approx((1, 1))
    # Ignored pixels make boundaries in the truth alone.
    assert 0.95 < whole.test["boundary_miou"] < 1
    maps = LabelMaps(write(tmp_path / "test", truths[1:], 0.6))
    expected = evaluate(predictions=maps, truth=truths[1]).metrics
    assert most.test == pytest.approx({name: expected[name] for name in most.test})
    assert most.test["miou"] < 0.9
    # Every mask lacks its right part, and every class is right.
    assert most.test["miou_true_masks"] > most.test["miou_true_classes"]


def test_uncertain_pixels_count_as_background(
    truths: tuple[GroundTruth, GroundTruth], tmp_path: Path
) -> None:
    truth = truths[1]
    background = LabelMaps(write(tmp_path / "background", [truth], 0.6))
    with LabelMapWriter(tmp_path / "uncertain") as writer:
        for key in truth.keys:
            labels = background.read(key)
            labels[:, round(labels.shape[1] * 0.6) :] = UNCERTAIN
            writer.write(key, labels)
    expected = evaluate(predictions=background, truth=truth).metrics["miou"]
    assert score_maps(tmp_path / "uncertain", truth).metrics["miou"] == expected
