"""What the trainings after step 1 read."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.data.images import open_images
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic


@dataclasses.dataclass(frozen=True)
class Inputs:
    """A folder with 96 images, tables and label maps."""

    folder: Path

    def write(self) -> None:
        """Make all that no training makes."""
        write_synthetic(self.folder / "ShapeS", per_class=(16, 2, 2))
        pointer = locate(str(self.folder / "ShapeS"))
        pointer.save(self.folder / "dataset.json")
        images = open_images(pointer, "train", self.folder / "cache")
        table = pd.DataFrame(
            {
                "key": images.keys,
                "label": np.arange(len(images), dtype=np.int64) % 6,
                "label_space": "clustering-1",
            }
        )
        table.to_parquet(self.folder / "labels.parquet")
        table.assign(confidence=np.linspace(0.2, 1, len(table))).to_parquet(
            self.folder / "image-labels.parquet"
        )
        with LabelMapWriter(self.folder / "maps", {"label_space": "clustering-1"}) as writer:
            for key in images.keys:
                image = images.image(key)
                right = np.arange(image.shape[1]) * 3 // image.shape[1]
                writer.write(key, ((image.mean(axis=2) > 128) * (1 + right)).astype(np.int32))
