"""How results of images are kept until a stage has all of them (`engine.checkpoints.shards`)."""

from __future__ import annotations

from collections import Counter

import numpy as np

from pass_ops.data.ids import LabelMap
from pass_ops.data.label_maps import LabelMaps, from_png, to_png
from pass_ops.engine.checkpoints.shards import Codec
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.pseudo_labels.prompts.painting import PaintedMap

_LABELS, _COUNT = "labels", "count."


def before_and_after(maps: LabelMaps) -> Codec[tuple[LabelMap, LabelMap]]:
    """Of an image's labels before and after: the former are read again.

    Args:
        maps: the label maps before.
    """
    return Codec(
        encode=lambda result: {_LABELS: to_png(result[1])},
        decode=lambda key, kept: (maps.read(key), from_png(kept[_LABELS])),
    )


REGIONS = Codec[tuple[bytes, int]](
    encode=lambda result: {
        "line": np.frombuffer(result[0], np.uint8),
        "regions": np.array([result[1]]),
    },
    decode=lambda _, kept: (kept["line"].tobytes(), int(kept["regions"][0])),
)
"""Of an image's line in JSON, and the number of regions in it."""


def _keep(painted: PaintedMap) -> Arrays:
    counts = {f"{_COUNT}{name}": np.array([count]) for name, count in painted.counts.items()}
    return {_LABELS: to_png(painted.labels), "scores": np.array(painted.scores, float), **counts}


def _painted(_: str, kept: Arrays) -> PaintedMap:
    counts = {
        name.removeprefix(_COUNT): int(count[0])
        for name, count in kept.items()
        if name.startswith(_COUNT)
    }
    return PaintedMap(from_png(kept[_LABELS]), Counter(counts), kept["scores"].tolist())


PAINTED = Codec[PaintedMap](encode=_keep, decode=_painted)
"""Of a painted map."""
