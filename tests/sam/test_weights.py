"""Weights of Segment Anything: converted, checked, loaded."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from pass_ops.cli import app
from pass_ops.engine.jittor import to_numpy
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.models.weights import Arrays
from pass_ops.sam.network.variants import VARIANTS
from pass_ops.sam.weights import SamCard, convert, load_sam, load_sam_card, save_sam
from tests.parity.sam.scenes import REDUCED
from tests.sam.checkpoints import write_checkpoint

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
    loaded = dict(load_sam(tmp_path / "weights", "tiny").named_parameters())
    assert all(np.array_equal(to_numpy(loaded[name]), values) for name, values in arrays.items())


def test_a_file_of_another_variant_is_refused(arrays: Arrays, tmp_path: Path) -> None:
    arrays["image_encoder.pos_embed"] = np.zeros((1, 64, 64, 1024), np.float32)
    source = write_checkpoint(tmp_path / "sam.pth", arrays)
    with pytest.raises(ArtifactError, match="this is ViT-L, asked for ViT-H"):
        convert(source, tmp_path / "weights", "vit_h")
    assert not (tmp_path / "weights").exists()


def test_converted_weights_of_another_variant_are_refused(tmp_path: Path, arrays: Arrays) -> None:
    save_sam(tmp_path / "weights", arrays, dataclasses.replace(CARD, variant="vit_l"))
    with pytest.raises(ArtifactError, match="this is ViT-L, asked for ViT-B"):
        load_sam(tmp_path / "weights", "vit_b")


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
