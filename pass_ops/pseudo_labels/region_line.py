"""The regions of an image as a line of JSON.

{"key", "size": [height, width], "regions": [{"counts", "score", "stability", "box"}]}, with COCO's
run-length code as counts.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from pass_ops.pseudo_labels.run_length import decode, encode
from pass_ops.sam.box import Box
from pass_ops.sam.interface import Region
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """A region as JSON; see `Region`.

    Attributes:
        counts: run-length code of the mask.
        score, stability, box: of the region.
    """

    counts: str
    score: float
    stability: float
    box: Box


@dataclass(frozen=True, kw_only=True)
class _Line:
    """The regions of an image as JSON.

    Attributes:
        key: of the image.
        size: its (height, width) in pixels; (0, 0) where it has no regions.
        regions: best first.
    """

    key: str
    size: tuple[int, int]
    regions: tuple[_Entry, ...]


def region_line(key: str, regions: Sequence[Region]) -> bytes:
    """The JSON line of one image.

    Args:
        key: of the image.
        regions: masks of one size, best first.
    """
    entries = tuple(
        _Entry(
            counts=encode(region.mask),
            score=round(region.score, 6),
            stability=round(region.stability, 6),
            box=region.box,
        )
        for region in regions
    )
    height, width = regions[0].mask.shape if regions else (0, 0)
    line = _Line(key=key, size=(height, width), regions=entries)
    return (json.dumps(asdict(line), separators=(",", ":")) + "\n").encode()


def line_regions(line: bytes) -> list[Region]:
    """The regions of an image, best first, of its JSON line.

    Args:
        line: what `region_line` gave.

    Raises:
        ValueError: it is something else.
    """
    stored = as_record(_Line, parse_json(line))
    return [
        Region(
            mask=decode(row.counts, *stored.size),
            score=row.score,
            stability=row.stability,
            box=row.box,
        )
        for row in stored.regions
    ]
