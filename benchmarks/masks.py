"""Mask merge against the plain per-mask rule; CRF by two processes against one. Prints one JSON
line per figure.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks._machine import print_two_processes
from pass_ops.config.masks import CRF_PRESETS
from pass_ops.data.images import open_images
from pass_ops.data.label_maps import LabelMaps, LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.processes import ordered_map
from pass_ops.pseudo_labels.crf import CrfOfImage
from pass_ops.pseudo_labels.merge import COVERS, GUARD, INSIDE, LEAST_INSIDE, LEAST_OF_UNION, merge
from pass_ops.pseudo_labels.targets import tight_box
from pass_ops.sam.interface import Region

Ids = NDArray[np.int32]
HEIGHT, WIDTH, MASKS, CLASSES = 375, 500, 60, 6
CRF_IMAGES = 120


def main() -> None:
    """Run both races."""
    _mask_merge()
    _crf_two_processes()
    print_two_processes()


def plain_merge(labels: Ids, regions: Sequence[Region]) -> Ids:
    """The `fixed` rule as it reads: every mask against every class, over the whole image."""
    merged = labels.copy()
    classes = {label: labels == label for label in np.unique(labels)}
    areas = {label: np.count_nonzero(inside) for label, inside in classes.items()}
    accepted = []
    for region in regions:
        size = np.count_nonzero(region.mask)
        overlaps = {
            label: np.count_nonzero(region.mask & inside) for label, inside in classes.items()
        }
        on_background = overlaps.pop(0)
        vote = max(overlaps, key=lambda label: (overlaps[label], -label))
        overlap, area = overlaps[vote], areas[vote]
        mostly = overlap / size > INSIDE and overlap >= LEAST_OF_UNION * np.count_nonzero(
            region.mask | classes[vote]
        )
        guarded = on_background / size + on_background / max(1, areas[0]) < GUARD
        if mostly or (overlap / area >= COVERS and overlap / size >= LEAST_INSIDE and guarded):
            accepted.append((overlap / size, region.score * region.stability, -vote, region.mask))
        elif on_background > INSIDE * size:
            merged[region.mask] = 0
    for *_, vote, mask in sorted(accepted, key=lambda entry: entry[:3]):
        merged[mask] = -vote
    return merged


def _mask_merge() -> None:
    rng = np.random.default_rng(0)
    labels = np.zeros((HEIGHT, WIDTH), np.int32)
    for label in range(1, CLASSES + 1):
        labels[_disc(rng, 90)] = label
    regions = []
    for _ in range(MASKS):
        mask = _disc(rng, 80)
        regions.append(
            Region(
                mask=mask,
                score=float(rng.random()),
                stability=float(rng.random()),
                box=tight_box(mask),
            )
        )
    assert np.array_equal(merge(labels, regions, "fixed"), plain_merge(labels, regions))
    ours, plain = (
        _best(lambda: merge(labels, regions, "fixed"), 100),
        _best(lambda: plain_merge(labels, regions), 30),
    )
    _report(
        name="mask_merge",
        ratio=plain / ours,
        floor=4,
        unit="times the plain per-mask rule",
        seconds=ours,
    )


def _disc(rng: np.random.Generator, largest: int) -> NDArray[np.bool_]:
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    y, x, radius = rng.uniform(0, HEIGHT), rng.uniform(0, WIDTH), rng.uniform(20, largest)
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 < radius**2)


def _crf_two_processes() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_synthetic(root / "data", per_class=(CRF_IMAGES // 6, 1, 1))
        images = open_images(locate(str(root / "data")), "train", root / "cache")
        rng = np.random.default_rng(0)
        with LabelMapWriter(root / "maps") as writer:
            for key in images.keys:
                width, height = images.size(key)
                writer.write(key, rng.integers(0, CLASSES, (height, width), np.int32))
        work = CrfOfImage(images, LabelMaps(root / "maps"), CRF_PRESETS["rival"])
        maps: dict[int, list[Ids]] = {}
        seconds: dict[int, float] = {}
        for processes in (1, 2):
            results = ordered_map(work=work, items=_twice(images.keys), processes=processes)
            # Processes start once for any number of images: the clock runs from the first result
            # on.
            first = next(results)
            start = time.perf_counter()
            maps[processes] = [first[1][1], *(after for _, (_, after) in results)]
            seconds[processes] = time.perf_counter() - start
        assert all(np.array_equal(one, two) for one, two in zip(maps[1], maps[2], strict=True))
    _report(
        name="crf_two_processes",
        ratio=seconds[1] / seconds[2],
        floor=1.8,
        unit="times one process",
        seconds=seconds[2],
    )


def _twice(keys: tuple[str, ...]) -> list[str]:
    return [*keys, *keys]


def _best(run: Callable[[], object], rounds: int) -> float:
    """The shortest of several runs, in seconds."""
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        found.append(time.perf_counter() - start)
    return min(found)


def _report(*, name: str, ratio: float, floor: float, unit: str, seconds: float) -> None:
    print(
        json.dumps(
            {
                "name": name,
                "ratio": round(ratio, 2),
                "floor": floor,
                "unit": unit,
                "seconds": round(seconds, 4),
            }
        )
    )


if __name__ == "__main__":
    main()
