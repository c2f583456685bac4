"""How fast one of the loader's processes makes views.

A module of its own: processes cannot import what is in a program's main module.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.parts.photographs import HEIGHT, WIDTH
from benchmarks.parts.pillow_views import pillow_views
from pass_ops.config.representation import PretrainConfig
from pass_ops.data.images import Images
from pass_ops.data.memory import MemoryImages
from pass_ops.engine.loading.samples import Draw
from pass_ops.representation.samples import ViewMaker


@dataclass
class Files:
    """The images of a folder; see `ImageSource`."""

    folder: Path
    keys: tuple[str, ...]

    def size(self, key: str) -> tuple[int, int]:  # noqa: ARG002
        """All have one."""
        return WIDTH, HEIGHT

    def read(self, key: str) -> bytes:
        """The image's file."""
        return (self.folder / key).read_bytes()

    def name(self, key: str) -> str:
        """Its path."""
        return str(self.folder / key)


def maker(folder: Path, gib: float) -> ViewMaker:
    """What makes the views of a folder's images.

    Args:
        folder: of JPEG files.
        gib: for images that are kept.
    """
    keys = tuple(sorted(path.name for path in folder.iterdir()))
    config = PretrainConfig()
    return ViewMaker(MemoryImages(Images(Files(folder, keys)), config.cache_side, gib), config)


@dataclass(frozen=True)
class Pace:
    """Images a second of processor time, in one of the loader's processes.

    Attributes:
        folder: of JPEG files.
    """

    folder: Path

    def __call__(self, what: str) -> float:
        """One pass over the folder.

        Args:
            what: decoded, kept (a pass before fills the memory) or pillow.
        """
        make = maker(self.folder, float(what == "kept"))
        files = [self.folder / key for key in make.images.images.keys]
        if what == "kept":
            for index in range(len(files)):
                make(Draw(index, 0))
        start = time.process_time()
        for index, file in enumerate(files):
            if what == "pillow":
                pillow_views(file.read_bytes(), np.random.default_rng(index))
            else:
                make(Draw(index, 1))
        return len(files) / (time.process_time() - start)
