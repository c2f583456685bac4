"""Decoders of the family's members, each told by what it takes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.prompts.targets import prompt_of
from pass_ops.sam.exported.decoder import open_decoder
from pass_ops.sam.exported.encoder import open_encoder
from pass_ops.sam.exported.segmenter import OnnxSegmenter
from pass_ops.sam.interface import LOW_SIDE
from tests.sam.exported.graphs import (
    SAM_2,
    SEGMENT_ANYTHING,
    SIGNATURES,
    Signature,
    write_decoder,
    write_encoder,
)


def opened(folder: Path, signature: Signature, rgb: np.ndarray) -> OnnxSegmenter:
    """A segmenter of this signature that has seen an image [H, W, 3]."""
    write_encoder(folder, signature=signature)
    write_decoder(folder, signature=signature)
    segmenter = OnnxSegmenter(folder)
    segmenter.set_image("a", rgb)
    return segmenter


def assert_right_half(mask: np.ndarray) -> None:
    """That a mask is the red half, but for a pixel at its edge, where the logits are between."""
    width = mask.shape[1]
    assert mask[:, width // 2 + 1 :].all()
    assert not mask[:, : width // 2 - 1].any()


def half_red(height: int, width: int) -> np.ndarray:
    """[height, width, 3], red over the right half."""
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[:, width // 2 :, 0] = 255
    return rgb


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_masks_of_every_member_lie_where_the_object_is(
    tmp_path: Path, signature: Signature
) -> None:
    segmenter = opened(tmp_path, signature, half_red(48, 64))
    for prompt in (prompt_of(None, (40, 8)), prompt_of((34, 2, 60, 60), (40, 8))):
        answer = segmenter.predict(prompt, True)
        assert answer.low_logits.shape == (3, LOW_SIDE, LOW_SIDE)
        for mask in answer.masks:
            assert_right_half(mask)


@pytest.mark.parametrize("name", ["SAM 2", "SAM 2.1"])
def test_sam_2_sees_images_stretched(tmp_path: Path, name: str) -> None:
    segmenter = opened(tmp_path, SIGNATURES[name], half_red(16, 64))
    answer = segmenter.predict(prompt_of(None, (40, 8)), True)
    # Not padded: the mask covers all rows, though the square has four times as many.
    for mask in answer.masks:
        assert_right_half(mask)
    # No padding point, which its decoder adds itself; x shrinks by half, y grows twofold.
    assert answer.scores == pytest.approx(np.array([0.1, 0.2, 0.3]) + 1e-4 * (20 + 16 + 1000))
    # Low logits lie as everywhere here: in a quarter of the square's rows.
    assert (answer.low_logits[:, :60, 150:] > 0).all()
    assert (answer.low_logits[:, 64:] < 0).all()


def test_a_mask_prompt_is_stretched_for_sam_2(tmp_path: Path) -> None:
    segmenter = opened(tmp_path, SAM_2, np.zeros((16, 64, 3), np.uint8))
    logits = np.full((LOW_SIDE, LOW_SIDE), -32, np.float32)
    # The image's left half.
    logits[:64, :128] = 9
    answer = segmenter.predict(replace(prompt_of(None, (1, 1)), mask_logits=logits), True)
    assert answer.masks[0, :, :30].all()
    assert not answer.masks[0, :, 34:].any()


def decoder_error(folder: Path) -> str:
    """What opening the decoder of a folder is refused with."""
    with pytest.raises(ArtifactError) as refusal:
        open_decoder(folder, open_encoder(folder))
    return str(refusal.value).removeprefix(f"{folder}/")


def test_pairs_of_two_models_are_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path, signature=SEGMENT_ANYTHING)
    assert decoder_error(tmp_path).startswith("decoder.onnx: missing; the onnx back end needs")
    write_decoder(tmp_path, signature=SAM_2)
    assert decoder_error(tmp_path).startswith(
        "decoder.onnx: takes image_embed, high_res_feats_0, high_res_feats_1, point_coords, "
    )
    assert decoder_error(tmp_path).endswith(
        "encoder.onnx gives embedding: export both from one Segment Anything model with its "
        "usual names"
    )


def test_other_models_are_refused(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    (tmp_path / "decoder.onnx").write_bytes(b"nothing")
    assert decoder_error(tmp_path).startswith("decoder.onnx: not a model")
    (tmp_path / "decoder.onnx").write_bytes((tmp_path / "encoder.onnx").read_bytes())
    assert decoder_error(tmp_path).startswith("decoder.onnx: takes pixels and gives embedding,")


def test_a_decoder_of_another_size_stops_in_one_line(tmp_path: Path) -> None:
    write_encoder(tmp_path)
    write_decoder(tmp_path)
    decoder = open_decoder(tmp_path, open_encoder(tmp_path))
    with pytest.raises(ArtifactError, match=r"decoder\.onnx: ONNX Runtime stopped \(.*\): export"):
        decoder.session.run(["masks"], {"image_embeddings": np.zeros((2, 2))})
