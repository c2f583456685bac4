"""Distance matching, its networks aside: the features here are colours."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pass_ops.config.evaluation import DistanceConfig
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.protocols.distance import Bank, build_bank, label_pixels, region_means
from pass_ops.evaluation.protocols.match_by_distance import match_by_distance
from pass_ops.evaluation.scoring.names import scoped
from pass_ops.tracking.tracker import NullTracker


def test_region_means_are_unit_vectors_of_every_id_but_ignore():
    features = np.zeros((2, 2, 2), dtype=np.float32)
    features[0, 0], features[0, 1], features[1, 0], features[1, 1] = (3, 0), (1, 1), (0, 2), (9, 9)
    mask = np.kron(np.array([[0, 5], [5, 1000]]), np.ones((3, 3))).astype(np.int32)
    vectors, ids = region_means(features, mask)
    assert ids.tolist() == [0, 5]
    assert vectors == pytest.approx(np.array([(1, 0), (1, 3) / np.sqrt(10)]))


def test_a_mask_of_ignored_pixels_gives_nothing():
    vectors, ids = region_means(
        np.ones((2, 2, 3), dtype=np.float32), np.full((4, 4), 1000, dtype=np.int32)
    )
    assert vectors.shape == (0, 3)
    assert ids.shape == (0,)


def brute_force(*, pixel, bank, classes, k, temperature):
    cosine = bank.vectors.astype(np.float64) @ (pixel / np.linalg.norm(pixel))
    votes = np.zeros(classes + 1)
    for place in np.argsort(-cosine)[:k]:
        votes[bank.ids[place]] += np.exp(cosine[place] / temperature)
    return votes.argmax()


@pytest.mark.parametrize("neighbours", [1, 3, 10, 99])
def test_the_nearest_regions_vote(neighbours):
    rng = np.random.default_rng(neighbours)
    vectors = rng.normal(size=(30, 6)).astype(np.float32)
    bank = Bank(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), rng.integers(0, 5, 30))
    features = rng.normal(size=(4, 7, 6)).astype(np.float32)
    labels = label_pixels(
        features=features,
        bank=bank,
        classes=4,
        height=8,
        width=21,
        neighbours=neighbours,
        temperature=0.07,
    )
    assert labels.shape == (8, 21)
    assert labels.dtype == np.int32
    expected = [
        [
            brute_force(pixel=pixel, bank=bank, classes=4, k=neighbours, temperature=0.07)
            for pixel in row
        ]
        for row in features
    ]
    assert labels[::2, ::3].tolist() == expected
    assert np.array_equal(labels[1::2, 2::3], labels[::2, ::3])


def colours(image):
    """Features that tell the truth: the image is painted with its mask."""
    return image[::2, ::2].astype(np.float32) + 1


class Painted:
    """Images whose colours say their pixels' ids."""

    def __init__(self, truth):
        self.truth, self.keys = truth, truth.keys

    def __len__(self):
        return len(self.keys)

    def image(self, key):
        palette = np.random.default_rng(0).integers(0, 255, (1001, 3)).astype(np.uint8)
        return palette[self.truth.mask(key)]

    def name(self, key):
        return key


def test_regions_of_their_own_colour_are_found_again(splits, tmp_path):
    annotated, queried = (
        Split(Painted(splits[name].truth), splits[name].truth) for name in ("validation", "test")
    )
    config = DistanceConfig(neighbours=1, workers=1)
    label_maps, scores = tmp_path / "labels", tmp_path / "scores.json"
    metrics = match_by_distance(
        annotated=annotated,
        split=queried,
        name="test",
        describe=colours,
        config=config,
        label_maps=label_maps,
        scores=scores,
        tracker=NullTracker(),
    )
    assert metrics["test/miou"] > 0.9
    bank = build_bank(images=annotated.images, truth=annotated.truth, describe=colours, workers=2)
    assert metrics["bank"] == len(bank.ids)
    values = json.loads(scores.read_text())
    valued = {name: value for name, value in values.items() if value is not None}
    assert metrics == scoped("test", valued) | {"bank": metrics["bank"]}
    assert LabelMaps(label_maps).meta == {"label_space": "classes"}
