"""Selection by small loss: agreement, relabelling, caps, floors (method 9.5)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pass_ops.clustering.labels import LabelTable
from pass_ops.config.denoising import SmallLossConfig
from pass_ops.denoising.mixture import clean_probability
from pass_ops.denoising.small_loss import select_small_loss
from pass_ops.errors import ArtifactError

# Two heaps of losses, which any mixture tells apart.
SMALL, LARGE = 0.1, 4.0
CONFIG = SmallLossConfig(min_per_class=1, max_class_ratio=10, min_for_mixture=20)


def inferred(**columns: object) -> LabelTable:
    """Images whose predictions confirm their labels with small losses, but for these columns."""
    return LabelTable(rows_of(**columns))


def rows_of(**columns: object) -> pd.DataFrame:
    """Rows of such a table."""
    count = max(len(values) for values in columns.values() if isinstance(values, list | np.ndarray))
    defaults = {
        "key": [f"image{number:03}" for number in range(count)],
        "given": 0,
        "confidence": 0.8,
        "loss": SMALL,
        "flip_agrees": True,
        "label_space": "clustering-1",
    }
    rows = pd.DataFrame(defaults | columns)
    return rows if "label" in columns else rows.assign(label=rows["given"])


def blobs(count: int, seed: int = 0) -> LabelTable:
    """Images of four clusters with random losses and predictions, most of which confirm labels."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(4, count, p=[0.55, 0.25, 0.15, 0.05])
    noisy = rng.random(count) < 0.3
    return inferred(
        given=labels,
        label=np.where(noisy, rng.integers(0, 4, count), labels),
        confidence=rng.uniform(0.3, 1, count),
        loss=np.where(noisy, rng.normal(4, 0.5, count), rng.gamma(2, 0.2, count)).clip(0),
        flip_agrees=rng.random(count) < 0.8,
    )


def test_clean_relabelled_and_dropped_by_hand() -> None:
    loss = np.full(40, SMALL) + np.linspace(0, 0.05, 40)
    predicted, confidence, agrees = (
        np.zeros(40, dtype=int),
        np.full(40, 0.8),
        np.ones(40, dtype=bool),
    )
    loss[30:] = LARGE
    predicted[30:] = 1
    confidence[30:33] = 0.95  # Relabelled, but for one whose mirror image disagrees.
    agrees[32] = False
    predicted[0] = 1  # A small loss, but another prediction: dropped, however sure.
    confidence[0] = 0.99
    table = inferred(loss=loss, label=predicted, confidence=confidence, flip_agrees=agrees)
    selected = select_small_loss(table, 2, CONFIG)
    assert selected.keys == tuple(f"image{number:03}" for number in range(1, 32))
    assert selected.labels.tolist() == [0] * 29 + [1, 1]
    weights = selected.column("weight")
    np.testing.assert_allclose(weights[29:], 0.95, rtol=1e-6)
    assert (weights[:29] > 0.99).all()
    assert set(selected.repeats) == {1}
    assert selected.label_space == "clustering-1"


def test_columns_of_the_result() -> None:
    assert list(select_small_loss(blobs(50), 4, CONFIG).rows.columns) == [
        "key",
        "label",
        "weight",
        "repeat",
        "label_space",
    ]


@limits(max_examples=15)
@given(st.integers(1, 300), st.integers(1, 60), st.floats(1, 2), st.integers(0, 9))
def test_caps_and_floors_hold(count: int, floor: int, cap: float, seed: int) -> None:
    table = blobs(count, seed)
    selected = select_small_loss(
        table, 4, SmallLossConfig(min_per_class=floor, max_class_ratio=cap, min_for_mixture=50)
    )
    labels, predictions = table.column("given"), table.labels
    losses = table.column("loss")
    clean = clean_probability(losses=losses, labels=labels, clusters=4, least=50) > 0.5
    sure = (table.column("confidence") > 0.9) & table.column("flip_agrees")
    relabelled = ~clean & sure
    final = np.where(relabelled, predictions, labels)
    counts = np.bincount(final[relabelled | (clean & (predictions == labels))], minlength=4)
    least = np.minimum(floor, np.bincount(final, minlength=4))
    most = int(cap * np.median(counts[counts > 0])) if counts.any() else 0
    np.testing.assert_array_equal(
        np.bincount(selected.labels, minlength=4), np.maximum(np.minimum(counts, most), least)
    )
    np.testing.assert_array_equal(selected.labels, final[np.isin(table.keys, selected.keys)])


def test_a_class_too_large_keeps_its_surest_images() -> None:
    label = np.repeat([0, 1, 2], [60, 30, 30])
    table = inferred(
        given=label,
        loss=np.where(np.arange(120) % 10 == 9, LARGE, SMALL) + np.linspace(0, 0.4, 120),
    )
    selected = select_small_loss(table, 3, dataclasses.replace(CONFIG, max_class_ratio=1.5))
    assert np.bincount(selected.labels).tolist() == [40, 27, 27]
    assert (selected.column("weight")[selected.labels == 0] > 0.99).all()


def test_a_class_that_nothing_confirms_keeps_its_smallest_losses() -> None:
    loss = np.concatenate([np.full(50, SMALL), LARGE + np.linspace(0, 1, 25)])
    label = np.repeat([0, 1], [50, 25])
    table = inferred(given=label, label=np.zeros(75, dtype=int), loss=loss, confidence=0.5)
    config = dataclasses.replace(CONFIG, min_per_class=8, min_for_mixture=40)
    selected = select_small_loss(table, 2, config)
    assert np.array(selected.keys)[selected.labels == 1].tolist() == [
        f"image{number:03}" for number in range(50, 58)
    ]
    more = select_small_loss(table, 2, dataclasses.replace(config, min_per_class=40))
    assert (more.labels == 1).sum() == 25


def test_reference_keeps_the_globally_smallest_losses() -> None:
    table = blobs(200)
    selected = select_small_loss(table, 4, dataclasses.replace(CONFIG, compat="reference"))
    assert len(selected) == 140
    assert set(selected.keys) == set(table.rows.nsmallest(140, "loss", keep="first")["key"])
    smallest = np.isin(table.keys, selected.keys)
    np.testing.assert_array_equal(selected.labels, table.column("given")[smallest])
    assert set(selected.column("weight")) == {1}


def test_equal_losses_leave_agreement_to_decide() -> None:
    table = inferred(
        given=np.zeros(10, dtype=int), label=np.array([0] * 6 + [1] * 4), confidence=0.99
    )
    selected = select_small_loss(table, 2, CONFIG)
    assert selected.keys == table.keys[:6]
    assert set(selected.column("weight")) == {1}


def test_clusters_of_no_or_one_image_are_taken_as_they_are() -> None:
    label = np.array([0] * 40 + [2])
    selected = select_small_loss(inferred(given=label, loss=np.linspace(0, 1, 41)), 4, CONFIG)
    assert (selected.labels == 2).sum() == 1
    assert set(selected.labels) == {0, 2}
    assert len(select_small_loss(inferred(given=[1]), 2, CONFIG)) == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"loss": [0.1, np.nan]}, r"loss of 1 images is not finite \(such as image001\)"),
        ({"given": [0, 1], "label": [0, 3]}, r"label lies in 0\.\.3, not in 0\.\.2"),
        ({"given": [0, 3], "label": [0, 1]}, r"given lies in 0\.\.3, not in 0\.\.2"),
        ({"given": [0, -1], "label": [0, 1]}, r"given lies in -1\.\.0, not in 0\.\.2"),
        ({"given": [0, 1], "label": [0, -1]}, "whole numbers from 0, not -1"),
        ({"key": ["a", "a"]}, "lists 1 keys twice"),
        ({"label_space": ["x", "y"]}, "mixes the label spaces x and y"),
    ],
)
def test_tables_that_cannot_be_are_refused(columns: dict[str, object], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        select_small_loss(inferred(**columns), 3, CONFIG)
    with pytest.raises(ArtifactError, match="has no column flip_agrees"):
        select_small_loss(LabelTable(rows_of(given=[0, 1]).drop(columns="flip_agrees")), 3, CONFIG)
