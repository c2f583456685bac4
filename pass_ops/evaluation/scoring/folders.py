"""Predictions and masks as folders of label PNGs, `class/name.png`, of anyone (method 1.4)."""

from __future__ import annotations

from pathlib import Path

from pass_ops.data.decode import decode_mask
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.ids import LabelMap
from pass_ops.data.locate import is_packed, locate
from pass_ops.data.structure import CATEGORIES_NAME
from pass_ops.errors import DataError

FORM = "write them as CLASS/NAME.png, 8-bit RGB with id = R + 256*G"


class PredictionFolder:
    """Label PNGs by the keys of the images that they belong to. Reading is thread-safe.

    A PNG that belongs to no image has its own path for a key.

    Args:
        root: folder of them.
        truth: says which image lies where.

    Raises:
        DataError: no such folder, or one without PNGs.
    """

    def __init__(self, root: Path, truth: GroundTruth) -> None:
        files = _label_files(root)
        keys = {truth.path(key): key for key in truth.keys}
        names = {path.relative_to(root).with_suffix("").as_posix(): path for path in files}
        self._paths = {keys.get(name, str(path)): path for name, path in names.items()}

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all predictions."""
        return tuple(self._paths)

    def read(self, key: str) -> LabelMap:
        """The prediction of image `key`: ids, int32 [H, W].

        Raises:
            BadFileError: truncated, not an 8-bit RGB PNG, or blue somewhere.
        """
        path = self._paths[key]
        return decode_mask(path.read_bytes(), str(path))


class MaskFolder:
    """Ground truth from masks alone, as `GroundTruth` reads it; the keys are `class/name`.

    Args:
        root: folder of the masks.
        categories: names of the classes.

    Raises:
        DataError: no such folder, or one without PNGs.
    """

    def __init__(self, root: Path, categories: tuple[str, ...]) -> None:
        self.categories = categories
        self._paths = {
            path.relative_to(root).with_suffix("").as_posix(): path for path in _label_files(root)
        }
        self.keys = tuple(self._paths)

    def category(self, key: str) -> str:
        """The class of an image, by name."""
        return key.rpartition("/")[0]

    def stem(self, key: str) -> str:
        """The image's name without its class."""
        return key.rpartition("/")[2]

    def has_mask(self, key: str) -> bool:
        """Whether there is a mask of the image."""
        return key in self._paths

    def read_mask(self, key: str) -> bytes:
        """The mask's PNG."""
        return self._paths[key].read_bytes()

    def name(self, key: str) -> str:
        """What an error calls the mask."""
        return str(self._paths[key])


def open_masks(data: str, split: str, cache: Path) -> GroundTruth:
    """The ground truth of a split.

    Args:
        data: a data set, packed (folder or `s3://…`) or its pointer; a folder that holds
            `<split>-segmentation`, without the images if need be; or that folder of masks itself.
            The classes are those of `categories.txt`, if it is there, else the class folders.
        split: its name.
        cache: folder for what is fetched from S3.

    Raises:
        DataError: it is none of these, or the split has no masks.
    """
    root = Path(data)
    if is_packed(data) or not root.is_dir():
        truth = open_ground_truth(locate(data), split, cache)
    else:
        masks = root / f"{split}-segmentation"
        if not masks.is_dir() and any(
            (root / name).is_dir() for name in ("train", "validation", "test")
        ):
            raise DataError(f"{masks}: no such folder; choose a split that has masks")
        folder = masks if masks.is_dir() else root
        truth = GroundTruth(MaskFolder(folder, _categories(root, folder)))
    if not truth.has_masks:
        raise DataError(
            f"{data}: the masks of split {split} are hidden; choose a split that has masks"
        )
    return truth


def _categories(root: Path, folder: Path) -> tuple[str, ...]:
    """Names of the classes.

    Args:
        root: data set, which may list them.
        folder: of masks, which has a folder for each.
    """
    listing = root / CATEGORIES_NAME
    if listing.is_file():
        lines = listing.read_text(encoding="utf-8").splitlines()
        return tuple(line.strip() for line in lines if line.strip())
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))


def _label_files(root: Path) -> list[Path]:
    """The PNGs of a folder, sorted.

    Raises:
        DataError: no such folder, or one without PNGs.
    """
    if not root.is_dir():
        raise DataError(f"{root}: no such folder; check the path")
    files = sorted(root.glob("*/*.png"))
    if not files:
        raise DataError(f"{root}: no label images in it; {FORM}")
    return files
