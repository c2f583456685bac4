"""Descriptors and CRF of one, two and four times as many photographs: time and memory of an image.

Each size is a process of its own, in turns, and the shortest of three counts. The larger sets are
the photographs of the smallest again: the lattice of a CRF grows with an image's colours, so that
others would take another time. A first pass over some of them, which is not measured, compiles
kernels, starts threads and takes what is needed anyway: what is measured is what more photographs
take. It is long enough, and batches small enough, for as many batches ahead as a large set has.

* `scale_<piece>_time`, `scale_<piece>_cpu`: seconds by the clock, and of all cores, that an image
  takes: the least of the three sizes over the most.
* `scale_<piece>_memory`: most bytes, of no file, of the process: the least over the most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.parts.memory import memory_of
from benchmarks.parts.photographs import HEIGHT, WIDTH, write_photographs
from benchmarks.parts.report import report
from benchmarks.parts.views_pace import Files
from pass_ops.clustering.features import extract_features
from pass_ops.config.clustering import ClusteringConfig
from pass_ops.config.masks import CrfConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.jittor import seed_everything
from pass_ops.models.features import FeatureNetwork
from pass_ops.paths import CoarseMapsPath, CrfMapsPath, LabelMapsPath
from pass_ops.pseudo_labels.crf import apply_crf
from pass_ops.tracking.tracker import NullTracker

SIZES, WARM, BATCH, TURNS, LEAST = (64, 128, 256), 32, 8, 3, 0.9
FIGURES = {"time": "s", "cpu": "core-seconds", "memory": "MiB"}


def main() -> None:
    """Print one line per metric."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_set(folder)
        for piece in PIECES:
            turns = [
                {size: in_a_process(piece, size, folder) for size in SIZES} for _ in range(TURNS)
            ]
            for figure, unit in FIGURES.items():
                best = [min(turn[size][figure] for turn in turns) for size in SIZES]
                shown = ", ".join(f"{value:.3g}" for value in best)
                report(
                    name=f"scale_{piece}_{figure}",
                    ratio=min(best) / max(best),
                    floor=LEAST,
                    unit=f"least over most ({shown} {unit} at {', '.join(map(str, SIZES))} images)",
                )


def write_set(folder: Path) -> None:
    """Write photographs, and a coarse label map of each: an ellipse somewhere.

    Args:
        folder: of everything.
    """
    photographs, different = folder / "photographs", min(SIZES)
    photographs.mkdir()
    write_photographs(photographs, different)
    for number in range(different, max(SIZES)):
        os.link(photographs / key_of(number % different), photographs / key_of(number))
    with LabelMapWriter(LabelMapsPath(folder / "coarse")) as writer:
        for number in range(max(SIZES)):
            rng = np.random.default_rng(number % different)
            labels = np.zeros((HEIGHT, WIDTH), np.int32)
            centre = int(rng.integers(100, 400)), int(rng.integers(100, 275))
            cv2.ellipse(labels, (centre, (200.0, 120.0), rng.uniform(0, 180)), (7,), thickness=-1)
            writer.write(key_of(number), labels)


def key_of(number: int) -> str:
    """The key of a photograph, which is its file's name."""
    return f"{number:05d}.JPEG"


def in_a_process(piece: str, images: int, folder: Path) -> dict[str, float]:
    """What an image takes, and the most memory, in a process of its own.

    Args:
        piece: of `PIECES`.
        images: how many.
        folder: of everything.
    """
    command = [sys.executable, "-m", "benchmarks.scale", piece, str(images), str(folder)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    figures: dict[str, float] = json.loads(output.splitlines()[-1])
    return figures


def measure(piece: str, images: int, folder: Path) -> dict[str, float]:
    """Do a piece of work in this process; see `in_a_process`."""
    work = PIECES[piece](folder)
    work(WARM)
    start, busy = time.perf_counter(), time.process_time()
    memory = memory_of(lambda: work(images))
    return {
        "time": (time.perf_counter() - start) / images,
        "cpu": (time.process_time() - busy) / images,
        "memory": memory / 2**20,
    }


def photographs(folder: Path, images: int) -> Images:
    """The first photographs.

    Args:
        folder: of everything.
        images: how many.
    """
    keys = tuple(key_of(number) for number in range(images))
    return Images(Files(folder / "photographs", keys))


class Features:
    """Descriptors of ResNet-18.

    Args:
        folder: of everything.
    """

    def __init__(self, folder: Path) -> None:
        seed_everything(31)
        self._folder, self._network = folder, FeatureNetwork(NetworkConfig(arch="resnet18"))
        self._network.eval()

    def __call__(self, images: int) -> None:
        extract_features(
            stage="features",
            describe=self._network.describe,
            images=photographs(self._folder, images),
            config=ClusteringConfig(batch_size=BATCH),
        )


class Crf:
    """The stage `apply_crf`, in one process.

    Args:
        folder: of everything.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, images: int) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            apply_crf(
                images=photographs(self._folder, images),
                coarse_maps=CoarseMapsPath(LabelMapsPath(self._folder / "coarse")),
                config=CrfConfig(processes=1),
                crf_maps=CrfMapsPath(LabelMapsPath(Path(scratch) / "maps")),
                tracker=NullTracker(),
            )


PIECES: dict[str, Callable[[Path], Callable[[int], None]]] = {"features": Features, "crf": Crf}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
