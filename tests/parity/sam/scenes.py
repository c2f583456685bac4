"""What the published package and ours are both given, drawn from seeds."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.config.sam import AutomaticConfig
from pass_ops.sam.interface import Prompt
from pass_ops.sam.network.variants import SamConfig

GOLDEN = Path(__file__).with_name("golden.json")

REDUCED = SamConfig(
    width=32,
    depth=2,
    heads=2,
    global_blocks=(1,),
    image_side=64,
    patch=16,
    window=3,
    prompt_width=32,
    decoder_heads=4,
    decoder_hidden=64,
)
# Drawn weights predict IoUs of any size; these settings let every filter drop some masks.
AUTOMATIC = AutomaticConfig(
    points_per_side=5,
    points_per_batch=6,
    min_score=0.1,
    min_stability=0.6,
    stability_offset=0.02,
    nms_iou=0.94,
)
SHAPES = {"landscape": (60, 96), "portrait": (75, 50), "square": (80, 80)}
FULL_SHAPE = (100, 150)


def draw_weights(shapes: dict[str, tuple[int, ...]]) -> dict[str, NDArray[np.float32]]:
    """Weights of parameters by name, from name and shape alone.

    They are scaled so that signals neither vanish nor explode.
    """
    return {name: _draw(name, shape) for name, shape in shapes.items()}


def _draw(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The weights of one parameter.

    Args:
        name, shape: the parameter's.
    """
    normal = random(name).standard_normal(shape, dtype=np.float32)
    if name.endswith(".bias"):
        return np.float32(0.1) * normal
    if len(shape) == 1:
        return np.float32(1) + np.float32(0.1) * normal
    if name.startswith("image_encoder") and ("pos_embed" in name or "rel_pos" in name):
        return np.float32(0.3) * normal
    if "gaussian" in name or "embed" in name.split(".")[-2] or "token" in name.split(".")[-2]:
        return normal
    # Decisive attention in the decoder lets masks depend on the prompt.
    gain = 3 if "mask_decoder" in name and ("q_proj" in name or "k_proj" in name) else 1
    return normal * np.float32(gain / math.sqrt(math.prod(shape[1:])))


def signature(shapes: dict[str, tuple[int, ...]]) -> str:
    """A digest of all names and shapes of a model's parameters."""
    lines = sorted(f"{name} {tuple(int(side) for side in shape)}" for name, shape in shapes.items())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def random(name: str) -> np.random.Generator:
    """A generator seeded by `name`."""
    return np.random.default_rng(
        int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little")
    )


def draw_image(name: str, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Coloured rectangles on a gradient, uint8 [H, W, 3].

    Args:
        name: seeds them.
        shape: (height, width) in pixels.
    """
    height, width = shape
    generator = random(name)
    y, x = np.mgrid[:height, :width]
    image = np.stack(
        [x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], axis=-1
    ).astype(np.uint8)
    for _ in range(6):
        left, top = int(generator.integers(width - 8)), int(generator.integers(height - 8))
        right = int(generator.integers(left + 4, width))
        bottom = int(generator.integers(top + 4, height))
        image[top:bottom, left:right] = generator.integers(0, 256, 3)
    return image


@dataclass(frozen=True)
class Case:
    """A prompt and the number of masks asked for."""

    prompt: Prompt
    multimask: bool


def cases(shape: tuple[int, int], low_side: int) -> dict[str, Case]:
    """Prompts of every kind, by name.

    Args:
        shape: (height, width) of the image in pixels.
        low_side: side of mask prompts.
    """
    height, width = shape
    inner, outer = [0.4 * width, 0.6 * height], [0.9 * width, 0.1 * height]
    none = Prompt(points=np.zeros((0, 2), np.float32), point_labels=np.zeros(0, np.int32))
    point = Prompt(points=np.float32([inner]), point_labels=np.int32([1]))
    two_points = Prompt(points=np.float32([inner, outer]), point_labels=np.int32([1, 0]))
    box = np.float32([0.1 * width, 0.2 * height, 0.7 * width, 0.9 * height])
    y, x = np.mgrid[:low_side, :low_side] / low_side
    mask = (8 * np.sin(5 * x) * np.cos(4 * y)).astype(np.float32)
    return {
        "point": Case(point, True),
        "two points": Case(two_points, False),
        "box": Case(replace(none, box=box), True),
        "box and point": Case(replace(point, box=box), True),
        "mask": Case(replace(none, mask_logits=mask), False),
        "box, point and mask": Case(replace(point, box=box, mask_logits=mask), False),
    }


def sample(values: NDArray[np.float32], count: int = 256) -> NDArray[np.float32]:
    """Values spread evenly over the flattened array.

    Args:
        values: of any shape.
        count: how many at most.
    """
    flat = values.ravel()
    return flat[np.linspace(0, flat.size - 1, min(count, flat.size)).astype(int)]


def packed(masks: NDArray[np.bool_]) -> str:
    """Boolean masks as text."""
    return np.packbits(masks).tobytes().hex()


def unpacked(text: Any, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The inverse of `packed`.

    Args:
        text: from golden.json.
        shape: of the masks.
    """
    bits = np.unpackbits(np.frombuffer(bytes.fromhex(text), np.uint8))
    return bits[: math.prod(shape)].reshape(shape).astype(bool)
