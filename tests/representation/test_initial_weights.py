"""Step 1 from imported weights: filled where they fit, strict about the backbone."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.data.images import Images
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.import_weights import import_weights
from pass_ops.models.weights import Arrays, load_arrays, load_card, save_weights
from pass_ops.representation.initial_weights import read_initial_card
from pass_ops.representation.pixel_attention import train_pixel_attention
from pass_ops.tracking.tracker import NullTracker
from tests.models.files.checkpoints import write_checkpoint
from tests.models.files.public import published_pass, torchvision
from tests.representation.step1 import pretrain_into


def imported(folder: Path, arrays: Arrays) -> Path:
    """The weights folder of a checkpoint."""
    import_weights(write_checkpoint(folder / "public.pth", arrays), folder / "imported")
    return folder / "imported"


def started(
    images: Images, config: PretrainConfig, folder: Path, weights: Path | str
) -> tuple[Arrays, Arrays]:
    """Weights before the first step and after a training of one epoch.

    Args:
        images: to train on.
        config: of the training.
        folder: for the weights.
        weights: to start from.
    """
    initialised = dataclasses.replace(config, epochs=1, initial_weights=str(weights))
    pretrain_into(folder, images, initialised)
    return load_arrays(folder / "initial"), load_arrays(folder / "last")


def test_training_starts_from_the_backbone_and_the_rest_is_random_as_before(
    training_images: Images,
    tiny_pretrain: PretrainConfig,
    pretrained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    weights = imported(tmp_path, torchvision("resnet10"))
    before, after = started(training_images, tiny_pretrain, tmp_path, weights)
    given, random = load_arrays(weights), load_arrays(pretrained / "initial")
    assert before.keys() == random.keys()
    for name, values in before.items():
        np.testing.assert_array_equal(values, given.get(name, random[name]), err_msg=name)
    assert any((after[name] != before[name]).any() for name in given)
    assert all(np.isfinite(values).all() for values in after.values())
    source = "torchvision, trained with labels"
    assert (
        f"pretrain | starts from {weights}: {source}; heads are random" in capsys.readouterr().out
    )
    for folder in ("initial", "last"):
        assert load_card(tmp_path / folder).initial == source


def test_later_cards_say_what_training_began_with(
    training_images: Images,
    tiny_attention: PixelAttentionConfig,
    pretrained: Path,
    tmp_path: Path,
) -> None:
    assert load_card(pretrained / "last").initial == "random"
    card = dataclasses.replace(load_card(pretrained / "last"), initial="moco")
    save_weights(tmp_path / "start", load_arrays(pretrained / "last"), card)
    train_pixel_attention(
        images=training_images,
        weights=tmp_path / "start",
        config=tiny_attention,
        output=tmp_path / "attention",
        tracker=NullTracker(),
    )
    assert load_card(tmp_path / "attention").initial == "moco"


def test_heads_that_fit_are_taken(
    training_images: Images, tiny_pretrain: PretrainConfig, pretrained: Path, tmp_path: Path
) -> None:
    arrays = published_pass("resnet10")
    weights = imported(tmp_path, arrays)
    before, _ = started(training_images, tiny_pretrain, tmp_path, weights)
    given, random = load_arrays(weights), load_arrays(pretrained / "initial")
    np.testing.assert_array_equal(
        before["projection_head.3.weight"], given["projection_head.3.weight"]
    )
    prototypes = given["prototypes.weight"]
    np.testing.assert_allclose(
        before["prototypes.weight"],
        prototypes / np.linalg.norm(prototypes, axis=1, keepdims=True),
        rtol=1e-5,
    )
    name = "pixel_projection.0.weight"
    np.testing.assert_array_equal(before[name], random[name])


def test_heads_of_which_one_does_not_fit_stay_random(
    training_images: Images,
    tiny_pretrain: PretrainConfig,
    pretrained: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    weights = imported(tmp_path, published_pass("resnet10"))
    arrays = load_arrays(weights)
    arrays["prototypes.weight"] = np.ones((5, 8), np.float32)
    save_weights(weights, arrays, load_card(weights))
    before, _ = started(training_images, tiny_pretrain, tmp_path, weights)
    random = load_arrays(pretrained / "initial")
    for name in ("prototypes.weight", "projection_head.3.weight"):
        np.testing.assert_array_equal(before[name], random[name])
    np.testing.assert_array_equal(before["backbone.conv1.weight"], arrays["backbone.conv1.weight"])
    assert "prototypes.weight is (5, 8), wanted (6, 8)" in capsys.readouterr().out


def test_weights_of_an_earlier_training_are_taken_whole(
    training_images: Images, tiny_pretrain: PretrainConfig, pretrained: Path, tmp_path: Path
) -> None:
    before, _ = started(training_images, tiny_pretrain, tmp_path, pretrained / "last")
    given = load_arrays(pretrained / "last")
    given["prototypes.weight"] /= np.linalg.norm(given["prototypes.weight"], axis=1, keepdims=True)
    for name, values in given.items():
        np.testing.assert_allclose(before[name], values, rtol=1e-5, atol=1e-7, err_msg=name)
    assert load_card(tmp_path / "last").initial == "random, then pretrain of another run"


@pytest.mark.parametrize("arch", ["resnet18", "resnet50"])
def test_another_backbone_is_refused(
    tiny_pretrain: PretrainConfig, tmp_path: Path, arch: str
) -> None:
    weights = imported(tmp_path, torchvision(arch))
    config = dataclasses.replace(tiny_pretrain, initial_weights=str(weights))
    with pytest.raises(ConfigError) as caught:
        read_initial_card(config)
    assert str(caught.value) == (
        f"pretrain.initial_weights = {weights} holds a {arch} of width 4, the settings ask for a "
        f"resnet10 of width 4; set pretrain.network.arch to {arch} and pretrain.network.width to "
        "4, or give other weights"
    )


def test_what_are_no_weights_is_refused(tiny_pretrain: PretrainConfig, tmp_path: Path) -> None:
    weights = imported(tmp_path, torchvision("resnet10"))
    config = dataclasses.replace(tiny_pretrain, initial_weights=str(weights))
    assert read_initial_card(tiny_pretrain) is None
    card = read_initial_card(config)
    assert card is not None
    (weights / "model.safetensors").rename(tmp_path / "elsewhere")
    with pytest.raises(ArtifactError, match=r"model\.safetensors"):
        read_initial_card(config)
    (tmp_path / "elsewhere").rename(weights / "model.safetensors")
    (weights / "model.json").write_text(json.dumps({"variant": "vit_b"}))
    with pytest.raises(ArtifactError, match="holds no weights"):
        read_initial_card(config)
    nowhere = dataclasses.replace(config, initial_weights=str(tmp_path / "nowhere"))
    with pytest.raises(ArtifactError, match=r"nowhere holds no weights for pretrain\.initial_weig"):
        read_initial_card(nowhere)


def test_a_backbone_with_holes_or_nan_is_refused(
    training_images: Images, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    weights = imported(tmp_path, torchvision("resnet10"))
    whole, card = load_arrays(weights), load_card(weights)
    name = "backbone.layer3.0.conv1.weight"
    less = {other: values for other, values in whole.items() if other != name}
    save_weights(weights, less, card)
    with pytest.raises(ArtifactError, match=rf"another network: missing: {name}$"):
        started(training_images, tiny_pretrain, tmp_path, weights)
    save_weights(weights, {**whole, name: np.full_like(whole[name], np.nan)}, card)
    with pytest.raises(ArtifactError, match=rf"{name} holds 1152 of 1152 values that are NaN"):
        started(training_images, tiny_pretrain, tmp_path, weights)
    assert not (tmp_path / "last").exists()
