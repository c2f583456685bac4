"""What the trainings after step 1 read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from pass_ops.data.images import open_images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic


def write_inputs(folder: Path) -> None:
    """96 images with `dataset.json`, tables of labels, and label maps, in a folder."""
    write_synthetic(folder / "ShapeS", per_class=(16, 2, 2))
    pointer = locate(str(folder / "ShapeS"))
    pointer.save(folder / "dataset.json")
    images = open_images(pointer, "train", folder / "cache")
    table = pd.DataFrame(
        {
            "key": images.keys,
            "label": np.arange(len(images), dtype=np.int64) % 6,
            "label_space": "clustering-1",
        }
    )
    table.to_parquet(folder / "labels.parquet")
    table.assign(confidence=np.linspace(0.2, 1, len(table))).to_parquet(
        folder / "image-labels.parquet"
    )
    with LabelMapWriter(folder / "maps", {"label_space": "clustering-1"}) as writer:
        for key in images.keys:
            image = images.image(key)
            right = np.arange(image.shape[1]) * 3 // image.shape[1]
            writer.write(key, ((image.mean(axis=2) > 128) * (1 + right)).astype(np.int32))
