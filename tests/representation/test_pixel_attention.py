"""Step 2.1: what it trains and what it leaves alone (method 5)."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.data.images import Images
from pass_ops.errors import ArtifactError
from pass_ops.models.weights import load_arrays, load_card, save_weights
from pass_ops.representation.pixel_attention import train_pixel_attention
from pass_ops.tracking.tracker import NullTracker


def changed(
    before: dict[str, NDArray[np.float32]], after: dict[str, NDArray[np.float32]]
) -> set[str]:
    return {
        name
        for name in before.keys() & after.keys()
        if not np.array_equal(before[name], after[name])
    }


def test_fixed_changes_attention_and_prototypes_alone(
    pretrained: Path, attention_weights: Path
) -> None:
    before, after = load_arrays(pretrained / "last"), load_arrays(attention_weights)
    assert changed(before, after) == {"prototypes.weight"}
    frozen = {
        name for name in before if name.startswith(("backbone.", "projection_head.", "prototypes."))
    }
    assert frozen == {name for name in after if not name.startswith("fbg.")}
    # It learns: the offset starts at 0, BatchNorm's statistics at 0 and 1.
    assert np.abs(after["fbg.offset"]).max() > 0
    assert np.abs(after["fbg.layers.1.running_mean"]).max() > 0
    assert np.abs(after["fbg.layers.4.weight"] - 1).max() > 0
    assert all(np.isfinite(array).all() for array in after.values())


def test_reference_lets_the_frozen_batch_norms_drift(
    training_images: Images, pretrained: Path, tiny_attention: PixelAttentionConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(tiny_attention, compat="reference")
    train_pixel_attention(
        images=training_images,
        weights=pretrained / "last",
        config=config,
        output=tmp_path / "weights",
        tracker=NullTracker(),
    )
    before, after = load_arrays(pretrained / "last"), load_arrays(tmp_path / "weights")
    moved = changed(before, after) - {"prototypes.weight"}
    statistics = {name for name in after if "running" in name and not name.startswith("fbg.")}
    assert moved == statistics


def test_a_training_repeats_to_the_last_bit(
    training_images: Images,
    pretrained: Path,
    attention_weights: Path,
    tiny_attention: PixelAttentionConfig,
    tmp_path: Path,
) -> None:
    train_pixel_attention(
        images=training_images,
        weights=pretrained / "last",
        config=tiny_attention,
        output=tmp_path / "weights",
        tracker=NullTracker(),
    )
    first, again = load_arrays(attention_weights), load_arrays(tmp_path / "weights")
    assert changed(first, again) == set()
    card = load_card(attention_weights)
    assert card == load_card(tmp_path / "weights")
    assert (card.stage, card.epoch) == ("train_pixel_attention", 1)


def test_weights_of_another_network_are_refused(
    training_images: Images,
    pretrained: Path,
    tiny_attention: PixelAttentionConfig,
    tiny_pretrain: PretrainConfig,
    tmp_path: Path,
) -> None:
    source = tmp_path / "source"
    shutil.copytree(pretrained / "last", source)
    card = dataclasses.replace(
        load_card(source), network=dataclasses.replace(tiny_pretrain.network, hidden_dim=16)
    )
    arrays = load_arrays(source)
    shutil.rmtree(source)
    save_weights(source, arrays, card)
    with pytest.raises(
        ArtifactError,
        match=r"another shape: projection_head\.0\.weight is \(8, 32\), wanted \(16, 32\)",
    ):
        train_pixel_attention(
            images=training_images,
            weights=source,
            config=tiny_attention,
            output=tmp_path / "weights",
            tracker=NullTracker(),
        )
    assert not (tmp_path / "weights").exists()
