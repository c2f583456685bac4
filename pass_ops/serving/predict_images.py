"""Photographs through an exported model: label images, overlays, areas."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.data.codec import encode_mask
from pass_ops.data.decode import decode_image
from pass_ops.data.decoding.conversion import as_jpeg_or_png
from pass_ops.data.ids import LabelMap
from pass_ops.data.problem import BadFileError, Problem, read_file
from pass_ops.engine.progress import Progress
from pass_ops.errors import printable
from pass_ops.serving.areas import class_areas
from pass_ops.serving.model import Model
from pass_ops.serving.overlay import labelled_picture
from pass_ops.serving.photographs import Photograph, output_names
from pass_ops.storage.forms import ANY_FILE, FolderForm, json_with

LABELS, OVERLAYS, AREAS = "labels", "overlays", "areas.json"

PREDICTIONS = FolderForm(
    files={AREAS: json_with("model", "classes", "images", "unreadable")},
    others={f"{LABELS}/**/*.png": ANY_FILE, f"{OVERLAYS}/**/*.jpg": ANY_FILE},
)
"""What a folder of predictions looks like."""

Rgb = NDArray[np.uint8]


@dataclass(kw_only=True)
class Predictions:
    """Writes what a model says of photographs into a folder, as it comes.

    Attributes:
        folder: for label images (the code of ImageNet-S, ids of classes), overlays and areas.
        classes: names of the ids 0..K.
        rows: what `areas.json` will hold of each photograph.
        problems: what cannot be read.
    """

    folder: Path
    classes: Sequence[str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def add(self, *, photograph: Photograph, name: PurePath, image: Rgb, labels: LabelMap) -> None:
        """Write a photograph's label image and overlay.

        Args:
            photograph: that was labelled.
            name: of its outputs, but for their endings.
            image: RGB [H, W, 3].
            labels: int32 [H, W] in 0..K.
        """
        areas = class_areas(labels, self.classes)
        png, jpeg = (
            self.folder / kind / f"{name}{ending}"
            for kind, ending in ((LABELS, ".png"), (OVERLAYS, ".jpg"))
        )
        for path in (png, jpeg):
            path.parent.mkdir(parents=True, exist_ok=True)
        png.write_bytes(encode_mask(labels))
        picture = labelled_picture(image=image, labels=labels, classes=self.classes, areas=areas)
        picture.save(jpeg, quality=90)
        self.rows.append(
            {
                "file": printable(str(photograph.file)),
                "labels": printable(str(png.relative_to(self.folder))),
                "width": image.shape[1],
                "height": image.shape[0],
                "areas": areas,
            }
        )

    def refuse(self, problem: Problem) -> None:
        """Say on standard error what cannot be read, and remember it."""
        self.problems.append(problem)
        print(problem, file=sys.stderr, flush=True)

    def finish(self, model: str) -> None:
        """Write `areas.json`.

        Args:
            model: address of the model.
        """
        content = {
            "model": printable(model),
            "classes": self.classes,
            "images": self.rows,
            "unreadable": [str(problem) for problem in self.problems],
        }
        (self.folder / AREAS).write_text(json.dumps(content, indent=1) + "\n")


def predict_images(
    *,
    model: Model,
    photographs: Sequence[Photograph],
    batch: int,
    predictions: Predictions,
) -> None:
    """Label photographs, and go on where one cannot be read.

    Args:
        model: that labels them.
        photographs: files, some of which may be no images.
        batch: how many are in memory at once; of these, those of one size go through the network
            together.
        predictions: gets what comes out.
    """
    progress = Progress("predict", len(photographs))
    names = dict(zip(photographs, output_names(photographs), strict=True))
    with ThreadPoolExecutor() as threads:
        for first in range(0, len(photographs), batch):
            group = photographs[first : first + batch]
            images: dict[Photograph, Rgb] = {}
            for photograph, image in zip(group, threads.map(_read, group), strict=True):
                if isinstance(image, Problem):
                    predictions.refuse(image)
                else:
                    images[photograph] = image
            for same in _of_one_size(images):
                labels = model.label([images[photograph] for photograph in same])
                for photograph, one in zip(same, labels, strict=True):
                    predictions.add(
                        photograph=photograph,
                        name=names[photograph],
                        image=images[photograph],
                        labels=one,
                    )
            progress.advance(len(group))


def _read(photograph: Photograph) -> Rgb | Problem:
    """A photograph's pixels, or what is wrong with its file."""
    try:
        name = str(photograph.file)
        return decode_image(as_jpeg_or_png(read_file(photograph.file), name), name)
    except BadFileError as error:
        return error.problem


def _of_one_size(images: dict[Photograph, Rgb]) -> Iterator[list[Photograph]]:
    """The photographs in groups whose images are of one size."""

    def size(photograph: Photograph) -> tuple[int, ...]:
        return images[photograph].shape

    for _, group in groupby(sorted(images, key=size), size):
        yield list(group)
