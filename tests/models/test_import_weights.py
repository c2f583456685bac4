"""Public checkpoints become weights of ours, or are refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.errors import ArtifactError
from pass_ops.models.import_weights import import_weights
from pass_ops.models.weights import load_arrays, load_card
from tests.models.files.checkpoints import named, numbered, write_archive, write_checkpoint
from tests.models.files.public import (
    FEATURES,
    HIDDEN,
    PROTOTYPES,
    WIDTH,
    Arrays,
    backbone,
    moco,
    published_pass,
    swav,
    torchvision,
)

SOURCES: dict[str, tuple[Callable[[str], Arrays], str]] = {
    "torchvision": (torchvision, "torchvision, trained with labels"),
    "moco": (moco, "moco"),
    "swav": (swav, "swav"),
    "pass": (published_pass, "pass"),
}


def wrapped(path: Path, arrays: Arrays) -> Path:
    """A checkpoint as training programs save it."""
    content = {"epoch": 400, "arch": "resnet", "state_dict": named(arrays)}
    return write_archive(path=path, content=content, storages=numbered(arrays))


def refusal(path: Path) -> str:
    destination = path.with_name("refused")
    with pytest.raises(ArtifactError) as caught:
        import_weights(path, destination)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert not destination.exists()
    return message


@pytest.mark.parametrize("arch", ["resnet10", "resnet18", "resnet50"])
@pytest.mark.parametrize("source", SOURCES)
def test_the_backbone_of_every_source_is_taken(tmp_path: Path, source: str, arch: str) -> None:
    make, name = SOURCES[source]
    path = wrapped(tmp_path / "public.pth.tar", make(arch))
    imported = import_weights(path, tmp_path / "weights")
    card = load_card(tmp_path / "weights")
    assert card == imported.card
    assert (card.stage, card.initial, card.source, card.epoch) == ("import", name, path.name, 0)
    assert card.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (card.network.arch, card.network.width) == (arch, WIDTH)
    taken = load_arrays(tmp_path / "weights")
    assert taken.keys() == set(imported.taken)
    expected = {f"backbone.{key}": values for key, values in backbone(arch).items()}
    assert {key for key in taken if key.startswith("backbone.")} == expected.keys()
    for key, values in expected.items():
        np.testing.assert_array_equal(taken[key], values)
    unprefixed = {key.removeprefix("module.") for key in make(arch)}
    assert len(imported.taken) + len(imported.left_out) == len(unprefixed)
    assert set(imported.left_out) < unprefixed


def test_the_heads_that_pass_shares_with_step_1_are_taken_too(tmp_path: Path) -> None:
    arrays = published_pass("resnet18")
    imported = import_weights(write_checkpoint(tmp_path / "p.pth", arrays), tmp_path / "weights")
    network = NetworkConfig(
        arch="resnet18", width=WIDTH, hidden_dim=HIDDEN, feat_dim=FEATURES, prototypes=PROTOTYPES
    )
    assert imported.card.network == network
    taken = load_arrays(tmp_path / "weights")
    for name in ("projection_head.0.weight", "projection_head.4.running_var", "prototypes.weight"):
        np.testing.assert_array_equal(taken[name], arrays[f"module.{name}"])
    assert set(imported.left_out) >= {
        "projection_head_pixel.0.weight",
        "predictor_head_pixel.0.weight",
        "projection_head.1.num_batches_tracked",
    }


@pytest.mark.parametrize("width", [8, 64])
def test_the_width_is_that_of_the_file(tmp_path: Path, width: int) -> None:
    path = write_checkpoint(tmp_path / "wide.pth", torchvision("resnet18", width))
    assert import_weights(path, tmp_path / "weights").card.network.width == width


def test_safetensors_and_half_precision_are_read(tmp_path: Path) -> None:
    arrays = {name: values.astype(np.float16) for name, values in backbone("resnet10").items()}
    save_file(arrays, tmp_path / "half.safetensors")
    import_weights(tmp_path / "half.safetensors", tmp_path / "weights")
    taken = load_arrays(tmp_path / "weights")
    for name, values in arrays.items():
        np.testing.assert_array_equal(taken[f"backbone.{name}"], values.astype(np.float32))


def spoilt(what: str) -> Arrays:
    """A checkpoint that is refused."""
    arrays = torchvision("resnet18")
    if what == "missing":
        del arrays["layer2.1.bn1.bias"]
    elif what == "unknown":
        arrays["layer2.2.conv1.weight"] = np.zeros((1, 1), np.float32)
    elif what == "another shape":
        arrays["layer2.1.bn1.bias"] = np.zeros(5, np.float32)
    elif what == "nan":
        arrays["layer2.1.bn1.bias"][3] = np.nan
    elif what == "half":
        arrays["layer2.1.bn1.bias"] = np.float16([1, 2, np.inf, 0, 0, 0, 0, 0])
    elif what == "variance":
        arrays["layer2.1.bn1.running_var"][0] = -1
    elif what == "integers":
        arrays["layer2.1.bn1.bias"] = np.zeros(8, np.int64)
    elif what == "narrow":
        arrays["conv1.weight"] = np.zeros((3, 3, 7, 7), np.float32)
    elif what == "stem":
        arrays["conv1.weight"] = np.zeros((WIDTH, 3, 3, 3), np.float32)
    return arrays


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("missing", "missing: backbone.layer2.1.bn1.bias; give"),
        ("unknown", "unknown: backbone.layer2.2.conv1.weight; give"),
        ("another shape", "backbone.layer2.1.bn1.bias is (5,), wanted (8,); give"),
        ("nan", "backbone.layer2.1.bn1.bias holds 1 of 8 values that are NaN or infinite; give"),
        ("half", "holds 1 of 8 values that are NaN or infinite (half precision ends at 65504)"),
        ("variance", "backbone.layer2.1.bn1.running_var holds variances below 0"),
        ("integers", "backbone.layer2.1.bn1.bias holds int64 numbers"),
        ("narrow", "width = 3 is below 4"),
        ("stem", "holds no ResNet, whose conv1.weight is [width, 3, 7, 7]"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, what: str, message: str) -> None:
    assert message in refusal(write_checkpoint(tmp_path / "bad.pth", spoilt(what)))


def test_heads_of_other_shapes_than_the_backbones_are_refused(tmp_path: Path) -> None:
    arrays = published_pass("resnet10")
    arrays["module.projection_head.0.weight"] = np.zeros((HIDDEN, 5), np.float32)
    message = refusal(write_checkpoint(tmp_path / "bad.pth", arrays))
    assert f"projection_head.0.weight is ({HIDDEN}, 5), wanted ({HIDDEN}, 32)" in message
    arrays["module.projection_head.0.weight"] = np.zeros((2**40, 0), np.float32)
    refusal(write_checkpoint(tmp_path / "bad.pth", arrays))


def test_other_networks_are_refused(tmp_path: Path) -> None:
    arrays = {"image_encoder.pos_embed": np.zeros((1, 2, 2, 8), np.float32)}
    assert "but image_encoder.pos_embed; give a checkpoint of SwAV" in refusal(
        write_checkpoint(tmp_path / "sam.pth", arrays)
    )


def test_the_command_says_what_was_taken_and_what_left_out(tmp_path: Path) -> None:
    path = wrapped(tmp_path / "swav.pth.tar", swav("resnet10"))
    arguments = ["weights", "import", str(path), str(tmp_path / "weights")]
    first = CliRunner().invoke(app, arguments)
    assert first.exit_code == 0, first.output
    title, taken, left_out, off = first.output.splitlines()
    assert title.startswith(f"{tmp_path}/weights: resnet10 of width 4 from swav.pth.tar (swav), ")
    assert taken.startswith("taken: ")
    assert "projection_head.0.weight" in left_out
    assert off == "taken off: key state_dict, prefix module."
    # Its own output may be replaced; a checkpoint, a folder of other things, the input may not.
    assert CliRunner().invoke(app, arguments).exit_code == 0
    for destination in (path, tmp_path):
        before = sorted(tmp_path.rglob("*"))
        refused = CliRunner().invoke(app, [*arguments[:3], str(destination)])
        assert refused.exit_code == 1
        assert refused.stderr.count("\n") == 1
        assert sorted(tmp_path.rglob("*")) == before
