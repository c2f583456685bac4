"""Prompted masks as a stage (method 11, 13), with the oracle, whose answers are known."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN, decode_labels, encode_labels
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.attention_maps import AttentionWriter
from pass_ops.pseudo_labels.prompts.prompt_masks import prompt_masks
from pass_ops.sam.classical.segmenter import ClassicalSegmenter
from pass_ops.sam.exported.segmenter import OnnxSegmenter
from pass_ops.sam.interface import PromptableSegmenter, Rgb
from pass_ops.tracking.tracker import NullTracker
from tests.sam.exported.graphs import SIGNATURES, Signature, write_decoder, write_encoder
from tests.sam.oracle import OracleSegmenter

BASE = PromptConfig(mode="single", processes=1)
# To 259 clusters: the image's own is the nearest, and 3 only the seventh.
DISTANCES = np.full(259, 2, np.float32)
DISTANCES[[258, 20, 21, 22, 23, 24, 3]] = [0.2, 0.3, 0.3, 0.4, 0.5, 0.5, 0.6]


@dataclass(frozen=True)
class Halves:
    """A truth: an object left of the middle, and a smaller one of another class far right."""

    images: Images

    def __call__(self, key: str) -> LabelMap:
        width, height = self.images.size(key)
        ids = np.zeros((height, width), np.int32)
        ids[height // 4 : -(height // 4), 4 : width // 2] = 1
        ids[height // 3 : height // 2, -width // 5 : -4] = 2
        return ids


@dataclass(frozen=True)
class Inputs:
    """A folder with the inputs of the stage: labels 258 throughout, and classes nearer than 3."""

    images: Images
    folder: Path

    def run(
        self,
        config: PromptConfig,
        name: str = "out",
        segmenter: PromptableSegmenter | None = None,
    ) -> tuple[LabelMaps, dict[str, float]]:
        metrics = prompt_masks(
            images=self.images,
            segmenter=segmenter or CountingOracle(Halves(self.images), shift=0),
            label_maps=self.folder / "maps",
            prompts=self.folder / "labels.parquet",
            attention_maps=self.folder / "attention",
            image_labels=self.folder / "labels.parquet",
            config=config,
            painted_maps=self.folder / name,
            tracker=NullTracker(),
        )
        return LabelMaps(self.folder / name), metrics


class CountingOracle(OracleSegmenter):
    """Counts the images set."""

    set_images = 0

    def set_image(self, key: str, rgb: Rgb) -> None:
        CountingOracle.set_images += 1
        super().set_image(key, rgb)


@pytest.fixture
def inputs(training_images: Images, tmp_path: Path) -> Inputs:
    """Maps with the objects' cores as 259 and 4; the first image's is empty."""
    truth = Halves(training_images)
    attention = AttentionWriter(tmp_path / "attention")
    rows = []
    with LabelMapWriter(tmp_path / "maps", {"label_space": "a"}) as writer:
        for number, key in enumerate(training_images.keys):
            ids = truth(key)
            core = np.zeros_like(ids)
            core[1:-1, 1:-1] = ids[1:-1, 1:-1]
            core[:, 4] = 0
            labels = np.array([0, 259, 4], np.int32)[core] if number else np.zeros_like(ids)
            writer.write(key, labels)
            attention.write(key, np.full((4, 6), 0.5, np.float32), DISTANCES)
            y, x = np.argwhere(ids == 1)[20]
            rows.append(
                {
                    "key": key,
                    "x": x,
                    "y": y,
                    "label": 258,
                }
            )
    attention.close()
    pd.DataFrame(rows).assign(label_space="a").to_parquet(tmp_path / "labels.parquet")
    return Inputs(training_images, tmp_path)


def test_single_paints_the_mask_with_the_image_label(inputs: Inputs) -> None:
    CountingOracle.set_images = 0
    maps, metrics = inputs.run(BASE)
    truth = Halves(inputs.images)
    assert maps.meta == {"label_space": "a", "masks_by": "oracle"}
    first, *others = maps.keys
    assert (maps.read(first) == UNCERTAIN).all()
    for key in others:
        np.testing.assert_array_equal(maps.read(key), np.where(truth(key) == 1, 259, 0))
        np.testing.assert_array_equal(decode_labels(encode_labels(maps.read(key))), maps.read(key))
    assert (metrics["masks"], metrics["skipped_empty"], metrics["score"]) == (23, 1, 1)
    assert metrics["uncertain"] == pytest.approx(1 / 24)
    # Once an image, whatever the number of prompts and passes.
    assert CountingOracle.set_images == 23


def test_multi_paints_every_class_within_sigma(inputs: Inputs) -> None:
    CountingOracle.set_images = 0
    config = dataclasses.replace(BASE, mode="multi")
    maps, metrics = inputs.run(config)
    truth = Halves(inputs.images)
    for key in maps.keys[1:]:
        np.testing.assert_array_equal(maps.read(key), np.array([0, 259, 4])[truth(key)])
    assert metrics["masks"] == 46
    assert CountingOracle.set_images == 23
    near, _ = inputs.run(dataclasses.replace(config, sigma=0.55), "near")
    np.testing.assert_array_equal(
        near.read(near.keys[1]), np.where(truth(near.keys[1]) == 1, 259, 0)
    )


def test_the_best_of_three_is_the_object_and_reference_takes_its_part(inputs: Inputs) -> None:
    best, _ = inputs.run(dataclasses.replace(BASE, candidates=3))
    part, _ = inputs.run(
        dataclasses.replace(BASE, candidates=3, compat="reference", gates=False), "part"
    )
    key = best.keys[1]
    whole = Halves(inputs.images)(key) == 1
    np.testing.assert_array_equal(best.read(key) > 0, whole)
    assert 0 < (part.read(key) > 0).sum() < whole.sum()


@pytest.mark.parametrize(
    ("empty", "value", "name"),
    [("keep", 0, "skipped_empty"), ("ignore", UNCERTAIN, "skipped_empty")],
)
def test_empty_maps_become_what_the_settings_say(
    inputs: Inputs, empty: str, value: int, name: str
) -> None:
    maps, metrics = inputs.run(dataclasses.replace(BASE, on_empty=empty))
    assert (maps.read(maps.keys[0]) == value).all()
    assert metrics[name] == 1


@pytest.mark.parametrize("candidates", [1, 3])
def test_an_empty_map_can_be_prompted_with_its_point(inputs: Inputs, candidates: int) -> None:
    maps, metrics = inputs.run(dataclasses.replace(BASE, on_empty="point", candidates=candidates))
    key = maps.keys[0]
    np.testing.assert_array_equal(maps.read(key), np.where(Halves(inputs.images)(key) == 1, 259, 0))
    assert (metrics["from_point"], metrics["skipped_empty"]) == (1, 0)


@pytest.mark.parametrize("gates", [True, False])
def test_a_point_outside_all_objects_leaves_an_empty_map_empty(inputs: Inputs, gates: bool) -> None:
    table = pd.read_parquet(inputs.folder / "labels.parquet")
    table.loc[0, ["x", "y"]] = 0
    table.to_parquet(inputs.folder / "labels.parquet")
    maps, metrics = inputs.run(dataclasses.replace(BASE, on_empty="point", gates=gates))
    assert not maps.read(maps.keys[0]).any()
    assert (metrics["from_point"], metrics["rejected_area"], metrics["masks"]) == (1, 1, 23)


def test_images_without_a_label_keep_their_map(inputs: Inputs) -> None:
    table = pd.read_parquet(inputs.folder / "labels.parquet")
    table.loc[2, "label"] = -2
    table.to_parquet(inputs.folder / "labels.parquet")
    maps, metrics = inputs.run(BASE)
    key = maps.keys[2]
    np.testing.assert_array_equal(maps.read(key), LabelMaps(inputs.folder / "maps").read(key))
    assert metrics["without_label"] == 1


def test_rejected_masks_leave_the_map_and_are_counted(inputs: Inputs) -> None:
    maps, metrics = inputs.run(dataclasses.replace(BASE, min_area=0.0, max_area=0.01))
    before = LabelMaps(inputs.folder / "maps")
    for key in maps.keys[1:]:
        np.testing.assert_array_equal(maps.read(key), before.read(key))
    assert (metrics["rejected_area"], metrics["masks"]) == (23, 0)


def test_disagreement_is_marked_if_asked_for(inputs: Inputs) -> None:
    maps, _ = inputs.run(dataclasses.replace(BASE, ignore_disagreement=True))
    key = maps.keys[1]
    before, painted = (
        LabelMaps(inputs.folder / "maps").read(key) > 0,
        Halves(inputs.images)(key) == 1,
    )
    np.testing.assert_array_equal(maps.read(key) == UNCERTAIN, before != painted)


class ReadsTruth(OnnxSegmenter):
    """Shows the exported models, which find what is red, the larger object in red."""

    def __init__(self, folder: Path, truth: Halves) -> None:
        super().__init__(folder)
        self._truth = truth

    def set_image(self, key: str, rgb: Rgb) -> None:
        red = np.zeros_like(rgb)
        red[self._truth(key) == 1, 0] = 255
        super().set_image(key, red)


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_exported_segmenters_answer(inputs: Inputs, tmp_path: Path, signature: Signature) -> None:
    write_encoder(tmp_path, signature=signature)
    write_decoder(tmp_path, first_score=0.9, signature=signature)
    truth = Halves(inputs.images)
    config = dataclasses.replace(BASE, candidates=3)
    maps, metrics = inputs.run(config, segmenter=ReadsTruth(tmp_path, truth))
    assert (maps.meta["masks_by"], metrics["masks"]) == ("onnx", 23)
    for key in maps.keys[1:]:
        painted, whole = maps.read(key) == 259, truth(key) == 1
        # The models see squares of 32 pixels.
        assert (painted & whole).sum() > 0.8 * (painted | whole).sum()


def test_two_label_spaces_are_refused(inputs: Inputs) -> None:
    table = pd.read_parquet(inputs.folder / "labels.parquet").assign(label_space="b")
    table.to_parquet(inputs.folder / "labels.parquet")
    with pytest.raises(ArtifactError, match=r"maps is of label space a, .*labels\.parquet of b"):
        inputs.run(BASE)
    table.assign(label_space=["a"] * 10 + ["b"] * 14).to_parquet(inputs.folder / "labels.parquet")
    with pytest.raises(ArtifactError, match="mixes the label spaces a and b"):
        inputs.run(BASE)


def test_images_without_points_are_refused(inputs: Inputs) -> None:
    pd.read_parquet(inputs.folder / "labels.parquet").iloc[:5].to_parquet(
        inputs.folder / "labels.parquet"
    )
    with pytest.raises(
        ArtifactError, match=f"image {inputs.images.keys[5]} has no label or no point"
    ):
        inputs.run(BASE)
    (inputs.folder / "labels.parquet").write_bytes(b"no table")
    with pytest.raises(ArtifactError, match="holds no table of labels"):
        inputs.run(BASE)


def test_two_processes_give_the_same_bytes_as_one(inputs: Inputs) -> None:
    files = []
    for processes, name in ((1, "one"), (2, "two")):
        config = dataclasses.replace(BASE, processes=processes, on_empty="point")
        prompt_masks(
            images=inputs.images,
            segmenter=ClassicalSegmenter(),
            label_maps=inputs.folder / "maps",
            prompts=inputs.folder / "labels.parquet",
            attention_maps=inputs.folder / "attention",
            image_labels=inputs.folder / "labels.parquet",
            config=config,
            painted_maps=inputs.folder / name,
            tracker=NullTracker(),
        )
        files.append((inputs.folder / name / "maps" / "00000.tar").read_bytes())
    assert files[0] == files[1]
