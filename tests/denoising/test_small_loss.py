"""Selection by small loss: agreement, relabelling, caps, floors (method 9.5)."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pass_ops.config.denoising import SmallLossConfig
from pass_ops.denoising.mixture import clean_probability
from pass_ops.denoising.small_loss import select_small_loss
from pass_ops.errors import ArtifactError

# Two heaps of losses, which any mixture tells apart.
SMALL, LARGE = 0.1, 4.0
CONFIG = SmallLossConfig(floor=1, cap=10, min_for_mixture=20)


def table_of(**columns: object) -> pd.DataFrame:
    """Images whose predictions confirm their labels with small losses, except for the given
    columns.
    """
    count = max(len(values) for values in columns.values() if isinstance(values, list | np.ndarray))
    defaults = {
        "key": [f"image{number:03}" for number in range(count)],
        "label": 0,
        "confidence": 0.8,
        "loss": SMALL,
        "flip_agrees": True,
        "label_space": "clustering-1",
    }
    table = pd.DataFrame(defaults | columns)
    return table if "predicted" in columns else table.assign(predicted=table["label"])


def blobs(count: int, seed: int = 0) -> pd.DataFrame:
    """Images of four clusters with random losses and predictions, of which most confirm the
    label.
    """
    rng = np.random.default_rng(seed)
    label = rng.choice(4, count, p=[0.55, 0.25, 0.15, 0.05])
    noisy = rng.random(count) < 0.3
    return table_of(
        label=label,
        predicted=np.where(noisy, rng.integers(0, 4, count), label),
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
    table = table_of(loss=loss, predicted=predicted, confidence=confidence, flip_agrees=agrees)
    selected = select_small_loss(table, 2, CONFIG).set_index("key")
    assert list(selected.index) == [f"image{number:03}" for number in range(1, 32)]
    assert (selected["label"].iloc[:29] == 0).all()
    assert list(selected["label"].iloc[29:]) == [1, 1]
    np.testing.assert_allclose(selected["weight"].iloc[29:], 0.95, rtol=1e-6)
    assert (selected["weight"].iloc[:29] > 0.99).all()
    assert set(selected["repeat"]) == {1}
    assert set(selected["label_space"]) == {"clustering-1"}


def test_columns_of_the_result() -> None:
    assert list(select_small_loss(blobs(50), 4, CONFIG).columns) == [
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
        table, 4, SmallLossConfig(floor=floor, cap=cap, min_for_mixture=50)
    )
    label, predicted = table["label"].to_numpy(), table["predicted"].to_numpy()
    clean = (
        clean_probability(losses=table["loss"].to_numpy(), labels=label, clusters=4, least=50) > 0.5
    )
    moved = ~clean & (table["confidence"] > 0.9).to_numpy() & table["flip_agrees"].to_numpy()
    final = np.where(moved, predicted, label)
    chosen = np.bincount(final[moved | (clean & (predicted == label))], minlength=4)
    least = np.minimum(floor, np.bincount(final, minlength=4))
    most = int(cap * np.median(chosen[chosen > 0])) if chosen.any() else 0
    np.testing.assert_array_equal(
        np.bincount(selected["label"], minlength=4), np.maximum(np.minimum(chosen, most), least)
    )
    assert selected["key"].is_unique
    np.testing.assert_array_equal(selected["label"], final[table["key"].isin(selected["key"])])


def test_a_class_too_large_keeps_its_surest_images() -> None:
    label = np.repeat([0, 1, 2], [60, 30, 30])
    table = table_of(
        label=label,
        loss=np.where(np.arange(120) % 10 == 9, LARGE, SMALL) + np.linspace(0, 0.4, 120),
    )
    selected = select_small_loss(table, 3, dataclasses.replace(CONFIG, cap=1.5))
    sizes = np.bincount(selected["label"])
    assert list(sizes) == [40, 27, 27]
    weights = selected.loc[selected["label"] == 0, "weight"]
    assert (weights > 0.99).all()


def test_a_class_that_nothing_confirms_keeps_its_smallest_losses() -> None:
    loss = np.concatenate([np.full(50, SMALL), LARGE + np.linspace(0, 1, 25)])
    label = np.repeat([0, 1], [50, 25])
    table = table_of(label=label, predicted=np.zeros(75, dtype=int), loss=loss, confidence=0.5)
    selected = select_small_loss(table, 2, dataclasses.replace(CONFIG, floor=8, min_for_mixture=40))
    assert list(selected.loc[selected["label"] == 1, "key"]) == [
        f"image{number:03}" for number in range(50, 58)
    ]
    more = select_small_loss(table, 2, dataclasses.replace(CONFIG, floor=40, min_for_mixture=40))
    assert (more["label"] == 1).sum() == 25


def test_reference_keeps_the_globally_smallest_losses() -> None:
    table = blobs(200)
    selected = select_small_loss(table, 4, dataclasses.replace(CONFIG, compat="reference"))
    assert len(selected) == 140
    assert set(selected["key"]) == set(table.nsmallest(140, "loss", keep="first")["key"])
    assert list(selected["label"]) == list(table.loc[table["key"].isin(selected["key"]), "label"])
    assert set(selected["weight"]) == {1}


def test_equal_losses_leave_agreement_to_decide() -> None:
    table = table_of(
        label=np.zeros(10, dtype=int), predicted=np.array([0] * 6 + [1] * 4), confidence=0.99
    )
    selected = select_small_loss(table, 2, CONFIG)
    assert list(selected["key"]) == list(table["key"][:6])
    assert set(selected["weight"]) == {1}


def test_clusters_of_no_or_one_image_are_taken_as_they_are() -> None:
    label = np.array([0] * 40 + [2])
    selected = select_small_loss(table_of(label=label, loss=np.linspace(0, 1, 41)), 4, CONFIG)
    assert (selected["label"] == 2).sum() == 1
    assert set(selected["label"]) == {0, 2}
    assert len(select_small_loss(table_of(label=[1]), 2, CONFIG)) == 1


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"loss": [0.1, np.nan]}, r"loss of 1 images is not finite \(such as image001\)"),
        ({"label": [0, 3]}, r"label must lie in 0\.\.2"),
        ({"label": [0, 1], "predicted": [0, -1]}, r"predicted must lie in 0\.\.2"),
        ({"key": ["a", "a"]}, "lists 1 keys twice"),
        ({"label_space": ["x", "y"]}, "mixes the label spaces x and y"),
    ],
)
def test_tables_that_cannot_be_are_refused(columns: dict[str, object], message: str) -> None:
    with pytest.raises(ArtifactError, match=message):
        select_small_loss(table_of(**columns), 3, CONFIG)
    with pytest.raises(ArtifactError, match="has no column flip_agrees"):
        select_small_loss(table_of(label=[0, 1]).drop(columns="flip_agrees"), 3, CONFIG)
