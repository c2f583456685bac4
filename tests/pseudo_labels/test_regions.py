"""Regions as an artifact, and the stage that makes them (method 10.2)."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from pass_ops.config.masks import RefinementConfig, RegionsConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.everything import make_regions
from pass_ops.pseudo_labels.merge import merge
from pass_ops.pseudo_labels.refinement import refine_labels
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionFolder, RegionWriter
from pass_ops.sam.classical.segmenter import ClassicalSegmenter
from pass_ops.sam.interface import Region
from pass_ops.tracking.tracker import NullTracker


def some_regions(seed: int) -> list[Region]:
    rng = np.random.default_rng(seed)
    return [
        Region(mask=rng.random((7, 9)) < 0.5, score=0.25 * n, stability=0.5, box=(0, 0, 9, 7))
        for n in range(1, 4)
    ]


def write(folder: Path, regions: dict[str, list[Region]], shard_bytes: int = 2**20) -> RegionFolder:
    with RegionWriter(folder, "classical", shard_bytes) as writer:
        for key, entries in regions.items():
            writer.write(key, region_line(key, entries))
    return RegionFolder(folder)


def test_round_trip_over_several_shards(tmp_path: Path) -> None:
    regions = {"a": some_regions(0), "b": [], "c": some_regions(1)}
    read: RegionFolder = pickle.loads(
        pickle.dumps(write(tmp_path / "out", regions, shard_bytes=100))
    )
    assert read.keys == ("a", "b", "c")
    assert read.back_end == "classical"
    assert len(list((tmp_path / "out" / "regions").iterdir())) == 2
    for key, entries in regions.items():
        for got, expected in zip(read.read(key), entries, strict=True):
            np.testing.assert_array_equal(got.mask, expected.mask)
            assert (got.score, got.stability, got.box) == (
                expected.score,
                expected.stability,
                expected.box,
            )


def test_one_json_line_an_image(tmp_path: Path) -> None:
    write(tmp_path / "out", {"a": some_regions(0), "b": some_regions(1)})
    lines = (tmp_path / "out" / "regions" / "00000.jsonl").read_text().splitlines()
    first = json.loads(lines[0])
    assert len(lines) == 2
    assert (first["key"], first["size"], len(first["regions"])) == ("a", [7, 9], 3)
    assert set(first["regions"][0]) == {"counts", "score", "stability", "box"}


def test_damage_absence_and_failure(tmp_path: Path) -> None:
    read = write(tmp_path / "out", {"a": some_regions(0)})
    with pytest.raises(ArtifactError, match="no regions of image b; run"):
        read.read("b")
    shard = tmp_path / "out" / "regions" / "00000.jsonl"
    shard.write_text(shard.read_text().replace("0.25", "0.35"))
    with pytest.raises(ArtifactError, match="damaged at image a; run"):
        read.read("a")
    with pytest.raises(ArtifactError, match="holds no regions"):
        RegionFolder(tmp_path)
    with pytest.raises(KeyboardInterrupt), RegionWriter(tmp_path / "new", "classical"):
        raise KeyboardInterrupt
    assert not (tmp_path / "new").exists()


def test_regions_and_refinement_as_stages(training_images: Images, tmp_path: Path) -> None:
    segmenter, tracker = ClassicalSegmenter(), NullTracker()
    metrics = [
        make_regions(
            images=training_images,
            segmenter=segmenter,
            config=RegionsConfig(max_regions=20, processes=count),
            regions=tmp_path / name,
            tracker=tracker,
        )
        for count, name in ((1, "one"), (2, "two"))
    ]
    assert metrics[0] == metrics[1]
    assert 1 < metrics[0]["regions"] <= 20
    for file in ("regions/00000.jsonl", "manifest.parquet"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()

    with LabelMapWriter(tmp_path / "maps", {"label_space": "a"}) as writer:
        for number, key in enumerate(training_images.keys):
            width, height = training_images.size(key)
            labels = np.zeros((height, width), np.int32)
            labels[height // 4 : -height // 4, width // 4 : -width // 4] = number % 3
            writer.write(key, labels)
    config = RefinementConfig(processes=2)
    refined = refine_labels(
        crf_maps=tmp_path / "maps",
        regions=tmp_path / "one",
        config=config,
        refined_maps=tmp_path / "refined",
        tracker=NullTracker(),
    )
    before, after, regions = (
        LabelMaps(tmp_path / "maps"),
        LabelMaps(tmp_path / "refined"),
        RegionFolder(tmp_path / "one"),
    )
    assert after.meta == {"label_space": "a", "refined_by": "classical"}
    assert refined["skipped_empty"] == 8
    assert refined["changed"] > 0
    for key in before.keys:
        np.testing.assert_array_equal(
            after.read(key), merge(before.read(key), regions.read(key), "fixed")
        )


@pytest.mark.parametrize(("most", "guarded"), [(1.0, 0), (0.75, 0), (0.7, 1)])
def test_refinement_leaves_a_map_that_would_lose_more_than_it_may(
    tmp_path: Path, most: float, guarded: int
) -> None:
    # The mask holds a quarter of the object and takes its place, by the rule of `reference`; the
    # other three lie under masks that are not accepted.
    labels, inner, outer = np.zeros((3, 12, 12), np.int32)
    labels[2:6, 2:6] = inner[2:4, 2:4] = outer[:] = 1
    with LabelMapWriter(tmp_path / "maps") as writer:
        writer.write("a", labels)
        writer.write("b", 0 * labels)
    regions = [
        Region(mask=mask > 0, score=1.0, stability=1.0, box=(0, 0, 12, 12))
        for mask in (inner, outer * (labels != 1) + (inner == 0) * labels)
    ]
    write(tmp_path / "regions", {"a": regions, "b": regions})
    metrics = refine_labels(
        crf_maps=tmp_path / "maps",
        regions=tmp_path / "regions",
        config=RefinementConfig(compat="reference", max_shrinkage=most, processes=1),
        refined_maps=tmp_path / "out",
        tracker=NullTracker(),
    )
    expected = labels if guarded else inner
    np.testing.assert_array_equal(LabelMaps(tmp_path / "out").read("a"), expected)
    assert (metrics["guarded"], metrics["skipped_empty"]) == (guarded, 1)


def test_refinement_refuses_regions_of_other_images(tmp_path: Path) -> None:
    with LabelMapWriter(tmp_path / "maps") as writer:
        writer.write("a", np.ones((7, 9), np.int32))
        writer.write("b", np.ones((7, 10), np.int32))
    write(tmp_path / "few", {"a": some_regions(0)})
    with pytest.raises(ArtifactError, match="lacks the regions of 1 images"):
        refine_labels(
            crf_maps=tmp_path / "maps",
            regions=tmp_path / "few",
            config=RefinementConfig(processes=1),
            refined_maps=tmp_path / "out",
            tracker=NullTracker(),
        )
    write(tmp_path / "wrong", {"a": some_regions(0), "b": some_regions(0)})
    with pytest.raises(ArtifactError, match="label map of b is 10x7, its image 9x7"):
        refine_labels(
            crf_maps=tmp_path / "maps",
            regions=tmp_path / "wrong",
            config=RefinementConfig(processes=1),
            refined_maps=tmp_path / "out",
            tracker=NullTracker(),
        )


def test_without_a_segmenter_there_are_none_and_refinement_changes_nothing(
    training_images: Images, tmp_path: Path
) -> None:
    metrics = make_regions(
        images=training_images,
        segmenter=None,
        config=RegionsConfig(enabled=False),
        regions=tmp_path / "regions",
        tracker=NullTracker(),
    )
    count = len(training_images)
    assert metrics == {"regions": 0, "without_regions": count}
    folder = RegionFolder(tmp_path / "regions")
    assert (folder.keys, folder.back_end) == (training_images.keys, "none")
    with LabelMapWriter(tmp_path / "crf", {}) as writer:
        for key in training_images.keys:
            writer.write(key, np.eye(5, dtype=np.int32))
    refined = refine_labels(
        crf_maps=tmp_path / "crf",
        regions=tmp_path / "regions",
        config=RefinementConfig(processes=1),
        refined_maps=tmp_path / "refined",
        tracker=NullTracker(),
    )
    assert refined["changed"] == 0
