"""Mask merge against the plain per-mask rule; CRF by two processes against one."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.machine import report_two_processes
from benchmarks.parts.report import report
from pass_ops.config.parts.crf import CRF_PRESETS
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import open_images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.processes import ordered_map
from pass_ops.paths import CoarseMapsPath, LabelMapsPath
from pass_ops.pseudo_labels.crf import CrfOfImage
from pass_ops.pseudo_labels.guarded_crf import GuardedCrf
from pass_ops.pseudo_labels.inputs import ReadImageAndMap
from pass_ops.pseudo_labels.merge import COVERS, GUARD, INSIDE, LEAST_INSIDE, LEAST_OF_UNION, merge
from pass_ops.sam.box import bounding_box
from pass_ops.sam.interface import Region

HEIGHT, WIDTH, MASKS, CLASSES = 375, 500, 60, 6
CRF_IMAGES = 120


def main() -> None:
    """Run both races."""
    _mask_merge()
    _crf_two_processes()
    report_two_processes()


def plain_merge(labels: LabelMap, regions: Sequence[Region]) -> LabelMap:
    """The `fixed` rule as it reads: every mask against every class, over the whole image.

    Args:
        labels: int32 [H, W], 0 background, else a cluster.
        regions: masks of the image.

    Returns:
        int32 [H, W], the labels after the merge.
    """
    merged = labels.copy()
    classes = {label: labels == label for label in np.unique(labels)}
    areas = {label: np.count_nonzero(inside) for label, inside in classes.items()}
    foreground = np.count_nonzero(labels)
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
        elif on_background > INSIDE * size and sum(overlaps.values()) < COVERS * foreground:
            merged[region.mask] = 0
    for *_, vote, mask in sorted(accepted, key=lambda entry: entry[:3]):
        merged[mask] = -vote
    return merged if merged.any() else labels


def _mask_merge() -> None:
    """60 masks and six classes in an image of 500 x 375 pixels."""
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
                box=bounding_box(mask),
            )
        )
    assert np.array_equal(merge(labels, regions, "fixed"), plain_merge(labels, regions))
    ours = _shortest(lambda: merge(labels, regions, "fixed"), 100)
    plain = _shortest(lambda: plain_merge(labels, regions), 30)
    unit = f"times the plain per-mask rule ({1000 * ours:.1f} ms)"
    report(name="mask_merge", ratio=plain / ours, floor=4, unit=unit)


def _disc(rng: np.random.Generator, largest: int) -> NDArray[np.bool_]:
    """A disc somewhere in the image, bool [H, W].

    Args:
        rng: decides where, and of what size.
        largest: its largest radius, pixels.
    """
    rows, columns = np.ogrid[:HEIGHT, :WIDTH]
    y, x, radius = rng.uniform(0, HEIGHT), rng.uniform(0, WIDTH), rng.uniform(20, largest)
    return np.asarray((rows - y) ** 2 + (columns - x) ** 2 < radius**2)


def _crf_two_processes() -> None:
    """Dense CRF of 240 images by one process and by two."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_synthetic(root / "data", per_class=(CRF_IMAGES // 6, 1, 1))
        images = open_images(locate(str(root / "data")), "train", root / "cache")
        rng = np.random.default_rng(0)
        maps_path = CoarseMapsPath(LabelMapsPath(root / "maps"))
        with LabelMapWriter(maps_path) as writer:
            for key in images.keys:
                width, height = images.size(key)
                writer.write(key, rng.integers(0, CLASSES, (height, width), np.int32))
        work = CrfOfImage(
            read=ReadImageAndMap(images, LabelMaps(maps_path)),
            field=GuardedCrf(CRF_PRESETS["rival"]),
        )
        maps: dict[int, list[bytes]] = {}
        seconds: dict[int, float] = {}
        for processes in (1, 2):
            results = ordered_map(work=work, items=_twice(images.keys), processes=processes)
            # Processes start once for any number of images: the clock runs from the first result
            # on.
            first = next(results)
            start = time.perf_counter()
            maps[processes] = [made.encoded.png.tobytes() for _, made in (first, *results)]
            seconds[processes] = time.perf_counter() - start
        assert maps[1] == maps[2]
    unit = f"times one process ({seconds[2]:.1f} s)"
    report(name="crf_two_processes", ratio=seconds[1] / seconds[2], floor=1.8, unit=unit)


def _twice(keys: tuple[str, ...]) -> list[str]:
    return [*keys, *keys]


def _shortest(run: Callable[[], object], rounds: int) -> float:
    """The shortest of several runs, in seconds.

    Args:
        run: what is timed.
        rounds: how often.
    """
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
