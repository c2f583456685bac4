"""Segmenters with drawn weights, made without Jittor; names and shapes as torchvision publishes
them.
"""

from __future__ import annotations

import numpy as np

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.models.card import Card
from pass_ops.models.files.tensors import Arrays

DEPTHS = {"resnet10": (1, 1, 1, 1), "resnet18": (2, 2, 2, 2), "resnet50": (3, 4, 6, 3)}
HEAD, JOINED, SKIPPED = 128, 64, 32

Shapes = dict[str, tuple[int, ...]]


def normed(convolution: str, norm: str, shape: tuple[int, ...]) -> Shapes:
    """A convolution without bias, and BatchNorm."""
    names = ("weight", "bias", "running_mean", "running_var")
    return {
        f"{convolution}.weight": shape,
        **{f"{norm}.{name}": shape[:1] for name in names},
    }


def torchvision_shapes(arch: str, width: int = 64) -> Shapes:
    """What torchvision's `state_dict` of a ResNet holds, but for `fc` and `num_batches_tracked`."""
    expansion = 4 if arch == "resnet50" else 1
    shapes = normed("conv1", "bn1", (width, 3, 7, 7))
    inputs = width
    for stage, depth in enumerate(DEPTHS[arch]):
        planes = width * 2**stage
        outputs = planes * expansion
        for index in range(depth):
            block = f"layer{stage + 1}.{index}"
            kernels = (
                ((planes, inputs, 1, 1), (planes, planes, 3, 3), (outputs, planes, 1, 1))
                if expansion == 4
                else ((planes, inputs, 3, 3), (planes, planes, 3, 3))
            )
            for number, kernel in enumerate(kernels, start=1):
                shapes |= normed(f"{block}.conv{number}", f"{block}.bn{number}", kernel)
            if index == 0 and (stage > 0 or inputs != outputs):
                names = (f"{block}.downsample.0", f"{block}.downsample.1")
                shapes |= normed(*names, (outputs, inputs, 1, 1))
            inputs = outputs
    return shapes


def drawn_segmenter(config: NetworkConfig, classes: int, skips: int = 0) -> tuple[Arrays, Card]:
    """Weights whose logits are of a trained network's size, and their card.

    Args:
        config: of the network.
        classes: outputs, background included.
        skips: how many earlier stages join in the head.
    """
    shapes: Shapes = {
        f"backbone.{name}": shape
        for name, shape in torchvision_shapes(config.arch, config.width).items()
    }
    first = config.width * (4 if config.arch == "resnet50" else 1)
    deep = first * 8
    for name, inputs in (("conv1", deep), ("conv2", HEAD), ("conv3", deep + HEAD)):
        shapes |= normed(f"head.{name}.0", f"head.{name}.1", (HEAD, inputs, 3, 3))
    last = HEAD
    for number, skipped in enumerate((first * 2, first)[:skips]):
        join = f"head.joins.{number}"
        shapes |= normed(f"{join}.narrow.0", f"{join}.narrow.1", (SKIPPED, skipped, 1, 1))
        shapes |= normed(f"{join}.fuse.0", f"{join}.fuse.1", (JOINED, last + SKIPPED, 3, 3))
        last = JOINED
    shapes |= {"head.classifier.weight": (classes, last, 1, 1), "head.classifier.bias": (classes,)}
    generator = np.random.default_rng(7)
    arrays = {name: _drawn(name, shape, generator) for name, shape in shapes.items()}
    card = Card(
        stage="train_segmenter",
        network=config,
        epoch=2,
        config_digest="0a",
        classes=classes,
        label_space="clustering-1",
        masks="classical",
    )
    return arrays, card


def _drawn(
    name: str, shape: tuple[int, ...], generator: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if len(shape) == 4:
        values = generator.normal(size=shape) * np.sqrt(1 / np.prod(shape[1:]))
    elif name.endswith(("running_var", "weight")):
        values = generator.uniform(0.5, 1.5, shape)
    else:
        values = generator.normal(size=shape) * 0.1
    return values.astype(np.float32)
