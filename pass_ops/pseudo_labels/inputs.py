"""What the stages that turn label maps into label maps check of their inputs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError


def require_maps(maps: LabelMaps, images: Images, folder: Path) -> None:
    """Check that every image has a label map.

    Raises:
        ArtifactError: maps are missing; the first few are named.
    """
    known = set(maps.keys)
    missing = [key for key in images.keys if key not in known]
    if missing:
        raise ArtifactError(
            f"{folder} lacks the label maps of {len(missing)} images ({_first(missing)}): make them again"
        )


def require_size(maps: LabelMaps, key: str, shape: tuple[int, ...]) -> None:
    """Check that the label map of `key` has its image's size; `shape` begins with height and width.

    Raises:
        ArtifactError: it has not.
    """
    height, width = shape[:2]
    if maps.size(key) != (width, height):
        found = "x".join(str(side) for side in maps.size(key))
        wrong = f"label map of {key} is {found}, its image {width}x{height}"
        raise ArtifactError(f"{wrong}: make the maps of this data set again")


def one_label_space(found: Mapping[str, object]) -> str:
    """The label space that all artifacts share; `found` says what each of them is in (method
    2.4).

    Raises:
        ArtifactError: they are in different ones, or one does not say.
    """
    spaces = {str(space) for space in found.values()}
    if len(spaces) != 1 or None in found.values():
        listed = ", ".join(f"{name} in {space}" for name, space in found.items())
        raise ArtifactError(
            f"cluster ids of different label spaces: {listed}; make all of them from one clustering"
        )
    return spaces.pop()


def _first(keys: list[str]) -> str:
    return ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
