"""Weights on disk."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.engine.jittor import seed_everything
from pass_ops.errors import ArtifactError
from pass_ops.models.features import load_feature_network
from pass_ops.models.heads import PixelAttention, Projection
from pass_ops.models.segmenter import load_segmenter
from pass_ops.models.weights import (
    Card,
    arrays_of,
    fill,
    load_arrays,
    load_card,
    save_weights,
)

CARD = Card(
    stage="pretrain",
    network=NetworkConfig(width=8),
    epoch=3,
    config_digest="0123456789abcdef",
    classes=7,
    label_space="clustering-1",
    metrics={"loss": 1.5},
)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Weights of a small head."""
    save_weights(tmp_path / "weights", arrays_of(Projection(4, 6, 2)), CARD)
    return tmp_path / "weights"


def test_weights_and_card_come_back_as_they_were(saved: Path) -> None:
    assert load_card(saved) == CARD
    arrays = load_arrays(saved)
    other = Projection(4, 6, 2)
    fill(module=other, arrays=arrays, source=saved)
    filled = arrays_of(other)
    assert filled.keys() == arrays.keys() > {"0.weight", "1.running_mean", "4.running_var"}
    for name in arrays:
        np.testing.assert_array_equal(filled[name], arrays[name])


def test_filling_leaves_what_may_learn_as_it_was(saved: Path) -> None:
    head = Projection(4, 6, 2)
    before = {name: value.is_stop_grad() for name, value in head.named_parameters()}
    fill(module=head, arrays=load_arrays(saved), source=saved)
    assert {name: value.is_stop_grad() for name, value in head.named_parameters()} == before
    assert set(before.values()) == {True, False}


def test_only_the_two_files_are_written_and_nothing_can_be_unpickled(saved: Path) -> None:
    assert sorted(path.name for path in saved.parent.iterdir()) == ["weights"]
    assert sorted(path.name for path in saved.iterdir()) == ["model.json", "model.safetensors"]
    # The format's header is an 8-byte length and JSON.
    data = (saved / "model.safetensors").read_bytes()
    length = int.from_bytes(data[:8], "little")
    assert json.loads(data[8 : 8 + length])["0.weight"]["shape"] == [6, 4]


def test_a_missing_parameter_is_named(saved: Path) -> None:
    arrays = load_arrays(saved)
    del arrays["3.bias"]
    with pytest.raises(ArtifactError, match=r"another network: missing: 3\.bias$"):
        fill(module=Projection(4, 6, 2), arrays=arrays, source=saved)


def test_a_missing_parameter_may_be_allowed_by_its_prefix(saved: Path) -> None:
    arrays = load_arrays(saved)
    del arrays["3.bias"], arrays["3.weight"]
    head = Projection(4, 6, 2)
    before = arrays_of(head)
    fill(module=head, arrays=arrays, source=saved, partial=("3.",))
    for name, values in arrays_of(head).items():
        np.testing.assert_array_equal(values, arrays.get(name, before[name]), err_msg=name)


def test_another_shape_is_named(saved: Path) -> None:
    with pytest.raises(ArtifactError, match=r"shape: 0\.weight is \(6, 4\), wanted \(6, 5\)$"):
        fill(module=Projection(5, 6, 2), arrays=load_arrays(saved), source=saved)


def test_many_problems_are_one_short_line(saved: Path) -> None:
    with pytest.raises(ArtifactError, match=r" and \d+ more$") as excinfo:
        fill(module=PixelAttention(4), arrays=load_arrays(saved), source=saved)
    assert "\n" not in str(excinfo.value)


def test_arrays_that_do_not_all_fit_change_nothing(saved: Path) -> None:
    arrays, head = load_arrays(saved), Projection(4, 6, 2)
    before = arrays_of(head)
    with pytest.raises(ArtifactError, match=r"missing: 3\.bias; of another shape: 3\.weight is"):
        fill(
            module=head,
            arrays={"0.weight": arrays["0.weight"] + 1, "3.weight": arrays["3.weight"][:1]},
            source=saved,
            partial=("0.", "1.", "4."),
        )
    for name, values in arrays_of(head).items():
        np.testing.assert_array_equal(values, before[name], err_msg=name)


def test_arrays_that_the_network_lacks_are_passed_over(saved: Path) -> None:
    arrays, head = load_arrays(saved), Projection(4, 6, 2)
    more = {**arrays, "fc.weight": np.zeros(3, np.float32)}
    fill(module=head, arrays=more, source=saved)
    filled = arrays_of(head)
    assert filled.keys() == arrays.keys()
    np.testing.assert_array_equal(filled["3.weight"], arrays["3.weight"])


def test_folders_without_weights_are_refused(tmp_path: Path, saved: Path) -> None:
    for read in (load_card, load_arrays):
        with pytest.raises(ArtifactError, match=r"nowhere"):
            read(tmp_path / "nowhere")
    (saved / "model.json").write_text('{"stage": "pretrain"}')
    with pytest.raises(ArtifactError, match="holds no weights"):
        load_card(saved)
    (saved / "model.safetensors").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ArtifactError, match="holds no weights in safetensors"):
        load_arrays(saved)


def test_a_half_written_file_is_refused(saved: Path) -> None:
    data = (saved / "model.safetensors").read_bytes()
    (saved / "model.safetensors").write_bytes(data[:-5])
    with pytest.raises(ArtifactError, match="holds no weights in safetensors"):
        load_arrays(saved)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_with_values_that_are_not_finite_is_refused(saved: Path, value: float) -> None:
    arrays = load_arrays(saved)
    arrays["3.bias"] = np.float32([0, value])
    save_weights(saved, arrays, CARD)
    with pytest.raises(ArtifactError) as caught:
        load_arrays(saved)
    assert str(caught.value).startswith(
        f"{saved}/model.safetensors: 3.bias holds 1 of 2 values that are NaN or infinite; "
    )


def test_weights_of_another_stage_are_refused(pretrained: Path) -> None:
    with pytest.raises(ArtifactError, match=r"another network: missing: fbg\."):
        load_feature_network(pretrained / "last")
    with pytest.raises(ArtifactError, match="weights of stage pretrain, not a segmenter"):
        load_segmenter(pretrained / "last")


def test_the_seed_fixes_the_initial_weights() -> None:
    heads = []
    for seed in (31, 31, 32):
        seed_everything(seed)
        heads.append(arrays_of(Projection(4, 6, 2))["0.weight"])
    np.testing.assert_array_equal(heads[0], heads[1])
    assert (heads[0] != heads[2]).any()
