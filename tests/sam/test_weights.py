"""Weights of Segment Anything: converted, checked, loaded."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.engine.jittor import to_numpy
from pass_ops.errors import ArtifactError, ConfigError, StorageError
from pass_ops.models.weights import Arrays
from pass_ops.sam.card import SamCard, load_sam_card
from pass_ops.sam.network.variants import VARIANTS
from pass_ops.sam.weights import convert, load_sam, save_sam
from tests.models.files.checkpoints import named, numbered, write_archive, write_checkpoint
from tests.parity.sam.scenes import REDUCED

CARD = SamCard(variant="tiny", source="tiny.pth", sha256="0" * 64, config=REDUCED)


def test_names_are_those_of_the_official_checkpoint(arrays: Arrays) -> None:
    families = {
        "image_encoder.patch_embed.proj.weight",
        "image_encoder.pos_embed",
        "image_encoder.blocks.0.norm1.weight",
        "image_encoder.blocks.1.attn.qkv.bias",
        "image_encoder.blocks.0.attn.rel_pos_h",
        "image_encoder.blocks.0.mlp.lin2.bias",
        "image_encoder.neck.0.weight",
        "image_encoder.neck.3.bias",
        "prompt_encoder.pe_layer.positional_encoding_gaussian_matrix",
        "prompt_encoder.point_embeddings.3.weight",
        "prompt_encoder.not_a_point_embed.weight",
        "prompt_encoder.mask_downscaling.6.bias",
        "prompt_encoder.no_mask_embed.weight",
        "mask_decoder.transformer.layers.1.cross_attn_image_to_token.out_proj.weight",
        "mask_decoder.transformer.layers.0.norm4.bias",
        "mask_decoder.transformer.layers.0.mlp.lin1.weight",
        "mask_decoder.transformer.final_attn_token_to_image.q_proj.bias",
        "mask_decoder.transformer.norm_final_attn.weight",
        "mask_decoder.iou_token.weight",
        "mask_decoder.mask_tokens.weight",
        "mask_decoder.output_upscaling.3.weight",
        "mask_decoder.output_hypernetworks_mlps.3.layers.2.bias",
        "mask_decoder.iou_prediction_head.layers.0.weight",
    }
    assert families <= arrays.keys()
    encoder = [name for name in arrays if name.startswith("image_encoder.")]
    assert len(encoder) == 3 + 14 * REDUCED.depth + 6  # Patches and places, blocks, neck.


def test_loading_fills_every_parameter(tmp_path: Path, arrays: Arrays) -> None:
    save_sam(tmp_path / "weights", arrays, CARD)
    assert load_sam_card(tmp_path / "weights") == CARD
    loaded = dict(load_sam(tmp_path / "weights").named_parameters())
    assert loaded.keys() == arrays.keys()
    for name, values in arrays.items():
        np.testing.assert_array_equal(to_numpy(loaded[name]), values, err_msg=name)


def test_an_official_file_is_converted_once(
    tmp_path: Path, arrays: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VARIANTS, "tiny", REDUCED)
    source = write_checkpoint(tmp_path / "tiny.pth", arrays)
    result = CliRunner().invoke(
        app, ["sam", "convert", str(source), str(tmp_path / "weights")], catch_exceptions=False
    )
    assert result.exit_code == 0
    assert "tiny from tiny.pth" in result.output
    card = load_sam_card(tmp_path / "weights")
    assert (card.variant, card.source, card.config) == ("tiny", "tiny.pth", REDUCED)
    loaded = dict(load_sam(tmp_path / "weights").named_parameters())
    assert all(np.array_equal(to_numpy(loaded[name]), values) for name, values in arrays.items())


def test_the_checkpoints_own_folder_is_not_replaced_by_the_weights(
    tmp_path: Path, arrays: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VARIANTS, "tiny", REDUCED)
    source, notes = tmp_path / "models" / "tiny.pth", tmp_path / "models" / "other" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("not to be lost")
    before = write_checkpoint(source, arrays).read_bytes()
    result = CliRunner().invoke(app, ["sam", "convert", str(source), str(source.parent)])
    assert result.exit_code == 1
    assert result.stderr.startswith(f"error: {source.parent}: holds the input {source}; ")
    assert result.stderr.count("\n") == 1
    with pytest.raises(StorageError, match="models: is there already"):
        convert(source, source.parent)
    assert (source.read_bytes(), notes.read_text()) == (before, "not to be lost")
    assert sorted(tmp_path.rglob("*")) == [source.parent, notes.parent, notes, source]


def test_weights_are_readable_by_whom_the_umask_lets_read_them(
    tmp_path: Path, arrays: Arrays
) -> None:
    before = os.umask(0o022)
    try:
        save_sam(tmp_path / "weights", arrays, CARD)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")}
    assert modes == {"weights": 0o755, "model.json": 0o644, "model.safetensors": 0o644}


def test_a_file_of_another_variant_is_refused(arrays: Arrays, tmp_path: Path) -> None:
    arrays["image_encoder.pos_embed"] = np.zeros((1, 64, 64, 1024), np.float32)
    source = write_checkpoint(tmp_path / "sam.pth", arrays)
    with pytest.raises(ArtifactError, match="this is ViT-L, asked for ViT-H"):
        convert(source, tmp_path / "weights", "vit_h")
    assert not (tmp_path / "weights").exists()


def test_a_variant_must_be_one_of_the_three(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="vit_x: unknown; give one of vit_b, vit_l, vit_h"):
        convert(tmp_path / "sam.pth", tmp_path / "weights", "vit_x")


def test_a_file_of_no_variant_is_refused(tmp_path: Path, arrays: Arrays) -> None:
    source = write_checkpoint(tmp_path / "tiny.pth", arrays)
    with pytest.raises(ArtifactError, match="none of ViT-B, ViT-L, ViT-H"):
        convert(source, tmp_path / "weights")


def test_a_folder_without_converted_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="pass-ops sam convert"):
        load_sam(tmp_path)
    (tmp_path / "model.json").write_text(json.dumps({"stage": "pretrain", "epoch": 3}))
    with pytest.raises(ArtifactError, match="pass-ops sam convert"):
        load_sam(tmp_path)


@pytest.mark.parametrize(
    ("dtype", "value", "reason"),
    [
        (np.float32, np.nan, "NaN or infinite; give"),
        (np.float16, np.inf, r"infinite \(half precision ends at 65504\)"),
        (np.float64, 1e300, r"infinite \(too large for float32\)"),
    ],
)
def test_weights_that_are_not_finite_are_refused(
    *,
    tmp_path: Path,
    arrays: Arrays,
    monkeypatch: pytest.MonkeyPatch,
    dtype: type[np.floating],
    value: float,
    reason: str,
) -> None:
    monkeypatch.setitem(VARIANTS, "tiny", REDUCED)
    name = "mask_decoder.iou_token.weight"
    arrays[name] = arrays[name].astype(dtype)
    arrays[name][0, 3] = value
    source = write_checkpoint(tmp_path / "bad.pth", arrays)
    size = arrays[name].size
    with pytest.raises(ArtifactError, match=rf"bad\.pth: {name} holds 1 of {size} .*{reason}"):
        convert(source, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_converted_weights_that_are_not_finite_are_refused(tmp_path: Path, arrays: Arrays) -> None:
    arrays["mask_decoder.iou_token.weight"][0, 0] = np.inf
    save_sam(tmp_path / "weights", arrays, CARD)
    with pytest.raises(ArtifactError, match=r"iou_token\.weight holds 1 of 32 values that are NaN"):
        load_sam(tmp_path / "weights")


def test_wrapped_and_prefixed_weights_are_the_same(
    tmp_path: Path, arrays: Arrays, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VARIANTS, "tiny", REDUCED)
    prefixed = {f"module.{name}": values for name, values in arrays.items()}
    content = {"model": named(prefixed), "epoch": 7, "optimizer": {"state": {}, "lr": 1e-4}}
    source = write_archive(
        path=tmp_path / "nested.pth", content=content, storages=numbered(prefixed)
    )
    convert(source, tmp_path / "weights")
    loaded = dict(load_sam(tmp_path / "weights").named_parameters())
    assert all(np.array_equal(to_numpy(loaded[name]), values) for name, values in arrays.items())


def test_weights_of_something_else_are_named(tmp_path: Path) -> None:
    arrays = {"module.conv1.weight": np.zeros((4, 3, 7, 7)), "module.fc.bias": np.zeros(3)}
    source = write_checkpoint(tmp_path / "resnet.pth", arrays)
    with pytest.raises(ArtifactError, match=r"none of ViT-B.*, but conv1\.weight, fc\.bias; give"):
        convert(source, tmp_path / "weights")
    scalar = write_checkpoint(tmp_path / "s.pth", {"image_encoder.pos_embed": np.array(1.0)})
    with pytest.raises(ArtifactError, match="none of ViT-B"):
        convert(scalar, tmp_path / "weights")
