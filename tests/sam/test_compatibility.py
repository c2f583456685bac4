"""Whether arrays are the parameters of a model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.models.weights import Arrays
from pass_ops.sam.compatibility import recognise, require_match
from pass_ops.sam.network.model import Sam
from tests.parity.sam.scenes import REDUCED


def refusal(arrays: Arrays, variant: str = "tiny") -> str:
    """The message with which `arrays` are refused as those of the reduced model."""
    with pytest.raises(ArtifactError) as caught:
        require_match(model=Sam(REDUCED), tensors=arrays, source=Path("file.pth"), variant=variant)
    return str(caught.value)


def test_missing_unknown_and_misshaped_names_are_named(arrays: Arrays) -> None:
    del arrays["mask_decoder.iou_token.weight"]
    arrays["extra.weight"] = np.zeros(1, np.float32)
    arrays["prompt_encoder.no_mask_embed.weight"] = np.zeros((1, 3), np.float32)
    assert refusal(arrays) == (
        "file.pth: not the weights of tiny: missing: mask_decoder.iou_token.weight; "
        "unknown: extra.weight; "
        "of another shape: prompt_encoder.no_mask_embed.weight is (1, 3), wanted (1, 32); "
        "give the weights of the variant asked for"
    )


def test_long_lists_of_names_are_cut_short(arrays: Arrays) -> None:
    few = {
        name: values
        for name, values in arrays.items()
        if not name.startswith("image_encoder.blocks.")
    }
    assert "and 25 more" in refusal(few)


def test_another_variant_is_called_by_its_name(arrays: Arrays) -> None:
    arrays["image_encoder.pos_embed"] = np.zeros((1, 64, 64, 1024), np.float32)
    assert recognise(arrays) == "vit_l"
    assert refusal(arrays, "vit_b").startswith("file.pth: this is ViT-L, asked for ViT-B")


def test_the_reduced_model_is_no_variant_and_fits_itself(arrays: Arrays) -> None:
    assert recognise(arrays) is None
    require_match(model=Sam(REDUCED), tensors=arrays, source=Path("file.pth"), variant="tiny")
