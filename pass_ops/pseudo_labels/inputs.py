"""Inputs of the stages that turn label maps into label maps, and what is checked of them."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.paths import LabelMapsPath
from pass_ops.sam.interface import Rgb

ImageAndMap = tuple[Rgb, LabelMap]


@dataclass(frozen=True)
class ReadImageAndMap:
    """Reads an image, RGB uint8 [H, W, 3], and its label map, int32 [H, W]; can be pickled.

    Attributes:
        images: the split.
        maps: label maps of its images.
    """

    images: Images
    maps: LabelMaps

    def __call__(self, key: str) -> ImageAndMap:
        rgb = self.images.image(key)
        require_size(self.maps, key, rgb.shape)
        return rgb, self.maps.read(key)


def require_maps(maps: LabelMaps, images: Images, folder: LabelMapsPath) -> None:
    """Check that every image has a label map.

    Args:
        maps: to look into.
        images: which must be there.
        folder: of the maps, for the error.

    Raises:
        ArtifactError: maps are missing; the first few are named.
    """
    known = set(maps.keys)
    missing = [key for key in images.keys if key not in known]
    if missing:
        raise ArtifactError(
            f"{folder} lacks the label maps of {len(missing)} images ({_first(missing)}): "
            "make them again"
        )


def require_size(maps: LabelMaps, key: str, shape: tuple[int, ...]) -> None:
    """Check that a label map has its image's size.

    Args:
        maps, key: the label map.
        shape: of the image, height and width first.

    Raises:
        ArtifactError: it has not.
    """
    height, width = shape[:2]
    if maps.size(key) != (width, height):
        size = "x".join(str(side) for side in maps.size(key))
        raise ArtifactError(
            f"label map of {key} is {size}, its image {width}x{height}: "
            "make the maps of this data set again"
        )


def _first(keys: list[str]) -> str:
    return ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
