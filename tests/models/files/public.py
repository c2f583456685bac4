"""Public checkpoints of ResNets in small: names and wrappers as published, narrow networks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pass_ops.models.heads import Projection, Prototypes
from pass_ops.models.resnet import ResNet

Arrays = dict[str, NDArray[np.float32]]
WIDTH = 4
HIDDEN, FEATURES, PROTOTYPES = 8, 8, 6
"""Sizes of PASS's heads, as those of the tests' tiny network."""


def drawn(shapes: dict[str, tuple[int, ...]], seed: int = 0) -> Arrays:
    """Values between 0 and 1, so that variances may be among them.

    Args:
        shapes: by name.
        seed: of the values.
    """
    rng = np.random.default_rng(seed)
    return {name: rng.random(shape, np.float32) for name, shape in shapes.items()}


def backbone(arch: str, width: int = WIDTH) -> Arrays:
    """A ResNet as torchvision names it, without its classifier.

    Args:
        arch: its topology.
        width: channels of its first stage.
    """
    return drawn(_shapes(ResNet(arch, width)))


def counted(arrays: Arrays) -> Arrays:
    """With BatchNorm's counters, which PyTorch's networks have."""
    counters = {
        name.replace("running_mean", "num_batches_tracked"): np.array(7)
        for name in arrays
        if name.endswith("running_mean")
    }
    return {**arrays, **counters}


def torchvision(arch: str, width: int = WIDTH) -> Arrays:
    """With a classifier of ten classes.

    Args:
        arch, width: see `backbone`.
    """
    return counted({**backbone(arch, width), **drawn({"fc.weight": (10, 9), "fc.bias": (10,)})})


def moco(arch: str) -> Arrays:
    """Both encoders and the queue."""
    encoder = {**backbone(arch), **drawn({"fc.0.weight": (3, 3), "fc.2.weight": (3, 3)})}
    both = {
        f"module.encoder_{one}.{name}": values
        for one in "qk"
        for name, values in counted(encoder).items()
    }
    return {**both, **drawn({"module.queue": (3, 5), "module.queue_ptr": (1,)})}


def swav(arch: str) -> Arrays:
    """A projection that ends with a linear layer, and prototypes."""
    names = {"0.weight": (9, 9), "1.running_mean": (9,), "3.weight": (5, 9), "3.bias": (5,)}
    heads = {f"projection_head.{name}": shape for name, shape in names.items()}
    arrays = {**backbone(arch), **drawn({**heads, "prototypes.weight": (7, 5)})}
    return {f"module.{name}": values for name, values in counted(arrays).items()}


def published_pass(arch: str) -> Arrays:
    """Image and pixel heads, and prototypes."""
    network = ResNet(arch, WIDTH)
    *_, deep = network.channels
    heads = {
        "projection_head": Projection(deep, HIDDEN, FEATURES),
        "prototypes": Prototypes(FEATURES, PROTOTYPES),
    }
    shapes = {
        f"{part}.{name}": shape
        for part, module in heads.items()
        for name, shape in _shapes(module).items()
    }
    others = {"projection_head_pixel.0.weight": (3, 3), "predictor_head_pixel.0.weight": (3, 3)}
    arrays = {**backbone(arch), **drawn({**shapes, **others})}
    return {f"module.{name}": values for name, values in counted(arrays).items()}


def _shapes(module: object) -> dict[str, tuple[int, ...]]:
    return {name: tuple(value.shape) for name, value in module.named_parameters()}  # type: ignore[attr-defined]
