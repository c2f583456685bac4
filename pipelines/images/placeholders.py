"""The names by which components know their images, and what a compiled pipeline has instead."""

from __future__ import annotations

from collections.abc import Mapping

from components.base import POST_IMAGE, TRAIN_IMAGE

# A lock's names of the images, and those that components give.
PLACEHOLDERS = {"train": TRAIN_IMAGE, "post": POST_IMAGE}


def replace_images(package: str, references: Mapping[str, str]) -> str:
    """Name other images in a compiled pipeline.

    Args:
        package: its YAML, as KFP's compiler writes it.
        references: what takes the place of `PLACEHOLDERS`, by the lock's names.
    """
    for name, reference in references.items():
        package = package.replace(f"image: {PLACEHOLDERS[name]}\n", f"image: {reference}\n")
    return package
