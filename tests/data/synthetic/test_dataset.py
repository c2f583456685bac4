"""The synthetic set is what method 22.1 asks for."""

from __future__ import annotations

import math
from collections import Counter
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier

from pass_ops.data.codec import IGNORE
from pass_ops.data.decode import decode_image, decode_mask
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import open_images
from pass_ops.data.layout import read_layout
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.composition import SIZES
from pass_ops.data.synthetic.dataset import CATEGORIES, LARGE_SIZE, NAMES, write_synthetic
from pass_ops.data.user_files.entry import Entry, Layout
from pass_ops.errors import StorageError
from pass_ops.evaluation.diagnostics.baselines import Split, baselines

COUNTS = {"train": 40, "validation": 8, "test": 8}


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """The whole set. Don't change it."""
    root = tmp_path_factory.mktemp("synthetic") / "ShapeS"
    write_synthetic(root)
    return read_layout(root)


def image(entry: Entry) -> NDArray[np.uint8]:
    """Decoded pixels."""
    return decode_image(entry.image.read_bytes(), entry.image.name)


def mask(entry: Entry) -> LabelMap:
    """Decoded ids."""
    assert entry.mask is not None
    return decode_mask(entry.mask.read_bytes(), entry.mask.name)


def classes(labels: LabelMap) -> set[int]:
    """The classes that a mask shows."""
    return set(np.unique(labels).tolist()) - {0, IGNORE}


def digest(root: Path) -> str:
    """Of names and contents of all files."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return sha256(
        b"".join(str(path.relative_to(root)).encode() + path.read_bytes() for path in files)
    ).hexdigest()


def test_same_seed_same_bytes(synthetic_data: Path, tmp_path: Path) -> None:
    write_synthetic(tmp_path / "again", per_class=(4, 2, 2))
    write_synthetic(tmp_path / "other", per_class=(4, 2, 2), seed=32)
    assert digest(tmp_path / "again") == digest(synthetic_data) != digest(tmp_path / "other")


def test_an_image_does_not_depend_on_how_many_there_are(
    layout: Layout, synthetic_data: Path
) -> None:
    few = {path.name: path for path in (synthetic_data / "train").rglob("*.JPEG")}
    many = {path.name: path for path in (layout.root / "train").rglob("*.JPEG")}
    assert few.keys() < many.keys()
    assert all(path.read_bytes() == many[name].read_bytes() for name, path in few.items())


def test_layout_and_counts(layout: Layout) -> None:
    assert layout.categories == CATEGORIES == tuple(f"n9000000{number}" for number in range(1, 7))
    assert (layout.root / "categories.txt").read_text().split() == list(CATEGORIES)
    assert layout.names == NAMES
    assert NAMES[0] == "disc with stripes"
    for split, count in COUNTS.items():
        assert Counter(entry.category for entry in layout.splits[split]) == dict.fromkeys(
            CATEGORIES, count
        )


def test_sizes(layout: Layout) -> None:
    sizes = {image(entry).shape[1::-1] for entries in layout.splits.values() for entry in entries}
    assert LARGE_SIZE in sizes
    assert all(width != height for width, height in sizes)
    sides = [side for size in sizes - {LARGE_SIZE} for side in size]
    assert SIZES[0] <= min(sides) < 64
    assert max(sides) == SIZES[1] < max(LARGE_SIZE)


@pytest.mark.parametrize("split", ["validation", "test"])
def test_masks_fit(layout: Layout, split: str) -> None:
    empty = 0
    for entry in layout.splits[split]:
        labels = mask(entry)
        assert labels.shape == image(entry).shape[:2]
        own = layout.categories.index(entry.category) + 1
        assert classes(labels) <= set(range(1, 7))
        assert own in classes(labels) or not labels.any()
        empty += not labels.any()
    assert empty == (1 if split == "validation" else 0)


def test_every_object_has_a_thin_band_around_it(layout: Layout) -> None:
    for entry in layout.splits["test"]:
        labels = mask(entry)
        padded = np.pad(labels, 1, constant_values=IGNORE)
        height, width = labels.shape
        for row in range(3):
            for column in range(3):
                neighbour = padded[row : row + height, column : column + width]
                assert not ((labels == 0) & (neighbour > 0) & (neighbour < IGNORE)).any()
        # Of 2 pixels at most: every ignored pixel has the object within a square of 5.
        near = np.lib.stride_tricks.sliding_window_view(np.pad(labels, 2), (5, 5))
        assert (((near > 0) & (near < IGNORE)).any(axis=(2, 3)) | (labels != IGNORE)).all()


def size_group(percent: int) -> str:
    """The group of method 15.4 of an object that covers so much of its image."""
    limits = {5: "S", 25: "MS", 50: "ML", 100: "L"}
    return next(name for limit, name in limits.items() if percent <= limit)


def test_objects_are_of_all_four_size_groups(layout: Layout) -> None:
    groups = Counter[str]()
    for split in ("validation", "test"):
        for entry in layout.splits[split]:
            labels = mask(entry)
            area = (labels != IGNORE).sum()
            for number in classes(labels):
                groups[size_group(math.ceil(100 * (labels == number).sum() / area))] += 1
    assert set(groups) == {"S", "MS", "ML", "L"}
    assert min(groups.values()) >= 4


def test_two_classes_in_15_percent_of_validation(layout: Layout) -> None:
    pairs = [entry for entry in layout.splits["validation"] if len(classes(mask(entry))) == 2]
    assert len(pairs) == round(0.15 * 48)
    assert len({entry.category for entry in pairs}) >= 4


def test_odd_files(layout: Layout) -> None:
    modes = Counter[str]()
    rotated = []
    for entry in [*layout.splits["train"], *layout.splits["validation"]]:
        with Image.open(entry.image) as file:
            assert file.format == "JPEG"
            modes[file.mode] += 1
            if file.getexif().get(0x0112) == 6:
                rotated.append(entry)
    assert (modes["L"], modes["CMYK"]) == (1, 1)
    (entry,) = rotated
    assert entry.mask is not None
    assert any(entry.image.stem.endswith("_1") for entry in layout.splits["train"])


def test_colour_tells_nothing_of_the_class(layout: Layout) -> None:
    def colours(split: str) -> tuple[NDArray[np.float64], list[str]]:
        entries = layout.splits[split]
        histograms = [
            np.histogramdd(image(entry).reshape(-1, 3), 4, [(0, 256)] * 3)[0].ravel()
            for entry in entries
        ]
        return np.stack(histograms) / np.sum(histograms, axis=1, keepdims=True), [
            entry.category for entry in entries
        ]

    classifier = KNeighborsClassifier(5).fit(*colours("train"))
    # Chance is 0.17.
    assert classifier.score(*colours("validation")) < 0.35


def test_a_coloured_ellipse_scores_little(layout: Layout, tmp_path: Path) -> None:
    pointer = locate(str(layout.root))
    train, *held_out = (
        Split(open_images(pointer, name, tmp_path), open_ground_truth(pointer, name, tmp_path))
        for name in COUNTS
    )
    scores = baselines(train.images, dict(zip(("validation", "test"), held_out, strict=True)))
    # Seen: 0.155, where nothing but background has 0.098.
    assert scores["ellipse_colour"]["test"]["miou"] < 0.2


def test_texture_tells_the_class(layout: Layout) -> None:
    def spectra(split: str) -> tuple[NDArray[np.float64], list[str]]:
        """Strength of every spatial frequency, whatever its direction."""
        entries = layout.splits[split]
        features = []
        for entry in entries:
            grey = np.asarray(
                Image.fromarray(image(entry)).convert("L").resize((64, 64)), np.float64
            )
            power = np.log1p(abs(np.fft.fftshift(np.fft.fft2(grey - grey.mean()))))
            radius = np.hypot(*np.mgrid[-32:32, -32:32]).astype(int).ravel()
            features.append(np.bincount(radius, power.ravel()) / np.bincount(radius))
        return np.stack(features), [entry.category for entry in entries]

    classifier = KNeighborsClassifier(5).fit(*spectra("train"))
    assert classifier.score(*spectra("validation")) > 0.6


def test_never_writes_over_a_folder(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(StorageError, match="is there already; choose another"):
        write_synthetic(tmp_path)
    (tmp_path / "empty").mkdir()
    write_synthetic(tmp_path / "empty", per_class=(1, 1, 1))
    assert len(read_layout(tmp_path / "empty").splits["train"]) == 6
