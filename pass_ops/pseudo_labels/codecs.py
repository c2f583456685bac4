"""How results of images are kept until a stage has all of them (`engine.checkpoints.shards`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps.encoded import EncodedMap, encode_map
from pass_ops.engine.checkpoints.shards import Codec
from pass_ops.engine.checkpoints.snapshot import Arrays, prefixed, under

_PNG, _SIZE, _FIGURES = "png", "size", "figures/"


@dataclass(frozen=True)
class MadeMap:
    """What a stage makes of an image: a label map, and what its metrics need to know of it.

    It is encoded once, by the process that makes it: whoever puts maps of several tasks together
    copies bytes.

    Attributes:
        encoded: the map.
        figures: by name.
    """

    encoded: EncodedMap
    figures: Arrays

    def figure(self, name: str) -> float:
        """A single number of the figures."""
        return float(self.figures[name])


def made_map(labels: LabelMap, /, **figures: ArrayLike) -> MadeMap:
    """A map with its figures.

    Args:
        labels: int [H, W].
        figures: by name; numbers, of any shape.
    """
    return MadeMap(encode_map(labels), {name: np.array(value) for name, value in figures.items()})


def _keep(made: MadeMap) -> Arrays:
    size = np.array([made.encoded.height, made.encoded.width])
    return {_PNG: made.encoded.png, _SIZE: size, **prefixed(_FIGURES, made.figures)}


def _made(_: str, kept: Arrays) -> MadeMap:
    height, width = kept[_SIZE].tolist()
    return MadeMap(EncodedMap(kept[_PNG], height, width), under(_FIGURES, kept))


MADE_MAP = Codec[MadeMap](encode=_keep, decode=_made)
"""Of an image's map and its figures."""
REGIONS = Codec[tuple[bytes, int]](
    encode=lambda result: {
        "line": np.frombuffer(result[0], np.uint8),
        "regions": np.array([result[1]]),
    },
    decode=lambda _, kept: (kept["line"].tobytes(), int(kept["regions"][0])),
)
"""Of an image's line in JSON, and the number of regions in it."""
