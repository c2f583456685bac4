"""Writes golden.json: what the published package answers in the scenes of `scenes.py`.

Needs an environment of its own, with the packages of the project and `pip install segment-anything
torch torchvision`: `python -m tests.parity.sam.make_golden` from the root of the repository.
"""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from segment_anything import SamAutomaticMaskGenerator, SamPredictor
from segment_anything.modeling import (
    ImageEncoderViT,
    MaskDecoder,
    PromptEncoder,
    Sam,
    TwoWayTransformer,
)

from pass_ops.models.files.read import read_weights
from pass_ops.models.files.tensors import to_float32
from pass_ops.sam.network.variants import VARIANTS, SamConfig
from tests.parity.sam.scenes import (
    AUTOMATIC,
    FULL_SHAPE,
    GOLDEN,
    REDUCED,
    SHAPES,
    Case,
    cases,
    draw_image,
    draw_weights,
    packed,
    sample,
    signature,
)  # fmt: skip


def build(config: SamConfig) -> Sam:
    """The published model."""
    grid = (config.grid, config.grid)
    return Sam(
        image_encoder=ImageEncoderViT(
            img_size=config.image_side,
            patch_size=config.patch,
            embed_dim=config.width,
            depth=config.depth,
            num_heads=config.heads,
            out_chans=config.prompt_width,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),
            use_rel_pos=True,
            window_size=config.window,
            global_attn_indexes=config.global_blocks,
        ),
        prompt_encoder=PromptEncoder(
            config.prompt_width, grid, (config.image_side, config.image_side), mask_in_chans=16
        ),
        mask_decoder=MaskDecoder(
            transformer_dim=config.prompt_width,
            transformer=TwoWayTransformer(
                2, config.prompt_width, config.decoder_heads, config.decoder_hidden
            ),
        ),
    )


def shapes_of(model: Sam) -> dict[str, tuple[int, ...]]:
    """Shapes of all parameters by name."""
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def published(config: SamConfig) -> Sam:
    """The published model with drawn weights."""
    model = build(config)
    weights = draw_weights(shapes_of(model))
    model.load_state_dict(
        {name: torch.from_numpy(value) for name, value in weights.items()}, strict=True
    )
    return model.eval()


def rounded(values: NDArray[np.float32]) -> list[float]:
    """Values to six digits, flattened."""
    return [float(f"{value:.6g}") for value in values.ravel()]


def answer(predictor: SamPredictor, case: Case) -> tuple[Any, Any, Any]:
    """Masks, scores and low-resolution logits of one prompt about the image that was set."""
    prompt = case.prompt
    return predictor.predict(
        point_coords=prompt.points if len(prompt.points) else None,
        point_labels=prompt.point_labels if len(prompt.points) else None,
        box=prompt.box,
        mask_input=None if prompt.mask_logits is None else prompt.mask_logits[None],
        multimask_output=case.multimask,
    )


def answers(
    *, predictor: SamPredictor, image: NDArray[np.uint8], config: SamConfig, with_masks: bool
) -> dict[str, Any]:
    """What the predictor says about one image.

    Args:
        predictor: of the published package.
        image: [H, W, 3].
        config: sizes of the model.
        with_masks: whether the masks themselves are recorded, and not their areas alone.
    """
    predictor.set_image(image)
    record: dict[str, Any] = {
        "embedding": rounded(sample(predictor.get_image_embedding().numpy())),
        "prompts": {},
    }
    for name, case in cases(image.shape[:2], 4 * config.grid).items():
        masks, scores, logits = answer(predictor, case)
        record["prompts"][name] = {
            "scores": rounded(scores),
            "logits": rounded(sample(logits)),
            "areas": masks.sum(axis=(1, 2)).tolist(),
        }
        if with_masks:
            record["prompts"][name]["masks"] = packed(masks)
    return record


def regions(model: Sam, image: NDArray[np.uint8]) -> list[dict[str, Any]]:
    """The published automatic masks."""
    generator = SamAutomaticMaskGenerator(
        model,
        points_per_side=AUTOMATIC.points_per_side,
        points_per_batch=AUTOMATIC.points_per_batch,
        pred_iou_thresh=AUTOMATIC.min_score,
        stability_score_thresh=AUTOMATIC.min_stability,
        stability_score_offset=AUTOMATIC.stability_offset,
        box_nms_thresh=AUTOMATIC.nms_iou,
    )
    return [
        {
            "box": [int(x), int(y), int(x + w + 1), int(y + h + 1)],
            "score": float(f"{region['predicted_iou']:.6g}"),
            "stability": float(f"{region['stability_score']:.6g}"),
            "mask": packed(region["segmentation"]),
        }
        for region in generator.generate(image)
        for x, y, w, h in [region["bbox"]]
    ]


def check_reader(model: Sam) -> None:
    """Our reader of checkpoints must read what the published model saves."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pth"
        torch.save(model.state_dict(), path)
        arrays = to_float32(read_weights(path).tensors, path)
    state = model.state_dict()
    assert arrays.keys() == state.keys()
    assert all(np.array_equal(arrays[name], state[name].numpy()) for name in arrays)


def main() -> None:
    """Write golden.json."""
    with torch.no_grad():
        model = published(REDUCED)
        check_reader(model)
        golden: dict[str, Any] = {"signatures": {}, "reduced": {}}
        with torch.device("meta"):
            for variant, config in VARIANTS.items():
                golden["signatures"][variant] = signature(shapes_of(build(config)))
        for name, shape in SHAPES.items():
            image = draw_image(name, shape)
            record = answers(
                predictor=SamPredictor(model), image=image, config=REDUCED, with_masks=True
            )
            golden["reduced"][name] = record | {"everything": regions(model, image)}
        full = published(VARIANTS["vit_b"])
        golden["vit_b"] = answers(
            predictor=SamPredictor(full),
            image=draw_image("full", FULL_SHAPE),
            config=VARIANTS["vit_b"],
            with_masks=False,
        )
    # Lines that a person can scroll through.
    text = json.dumps(golden, separators=(",", ":")).replace("},", "},\n")
    GOLDEN.write_text(text + "\n")


if __name__ == "__main__":
    main()
