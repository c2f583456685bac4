"""Good artifacts of every stage that hold JSON, and what reads each of them to the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from pass_ops.clustering.centroids import Centroids, name_label_space
from pass_ops.clustering.count.curve import BY_CLASSES, ClusterCurve
from pass_ops.clustering.labels import LabelTable
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.settings import RunInfo
from pass_ops.data.images import Images, open_images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.fetch_model import fetch_model
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import load_searched_threshold, save_curve
from pass_ops.evaluation.curve.page import curve_page
from pass_ops.evaluation.diagnostics.label_quality import save_quality
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow, Result
from pass_ops.evaluation.report.run_page import run_markdown, run_page
from pass_ops.evaluation.report.split_page import split_page
from pass_ops.evaluation.report.summarise import summarise_evaluation
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.models.card import Card, began_with, load_card
from pass_ops.pseudo_labels.region_line import region_line
from pass_ops.pseudo_labels.regions import RegionFolder, RegionWriter
from pass_ops.sam.card import SamCard, load_sam_card
from pass_ops.sam.interface import Region
from pass_ops.sam.network.variants import VARIANTS
from tests.evaluation.predictions import renamed
from tests.evaluation.written_run import (
    label_table,
    open_splits,
    summarise_parts,
    write_evaluations,
)

RUN = RunInfo(
    data="s3://data/shapes", profile="smoke", seed=31, compat="fixed", mask_backend="classical"
)
SPACE = "clustering-1"


class Good:
    """One good artifact of each kind in `root`, over a set of two images a class.

    Args:
        root: an empty folder.
        data: a set in ImageNet-S layout.
    """

    def __init__(self, root: Path, data: Path) -> None:
        self.root = root
        pointer = locate(str(data))
        pointer.save(root / "pointer.json")
        self.train: Images = open_images(pointer, "train", root)
        self.splits = open_splits(pointer, root)
        self._weights()
        self._clustering()
        self._masks()
        self._evaluations()
        self._rows()

    def _weights(self) -> None:
        card = Card(
            stage="train_segmenter",
            network=NetworkConfig(),
            epoch=3,
            config_digest="0a",
            metrics={"loss": 0.5},
        )
        sam = SamCard(variant="vit_b", source="x.pth", sha256="0a", config=VARIANTS["vit_b"])
        for name, described in (("weights", card), ("sam", sam)):
            (self.root / name).mkdir()
            save_file({"a": np.zeros(2, np.float32)}, self.root / name / "model.safetensors")
            (self.root / name / "model.json").write_text(json.dumps(asdict(described)))

    def _clustering(self) -> None:
        values = np.eye(3, 4, dtype=np.float32)
        Centroids(
            values=values,
            label_space=name_label_space(values),
            objectives=(0.5, 0.25),
            permutation=(2, 0, 1),
        ).save(self.root / "centroids")
        LabelTable(label_table(self.train.keys, 6)).save(self.root / "labels.parquet")
        (self.root / "curve").mkdir()
        save_curve(
            folder=self.root / "curve",
            label_space=SPACE,
            pixels={"resize": 64},
            points=[
                PointScores(percent=percent, miou=0.1, acc=0.2, f=0.3) for percent in range(101)
            ],
            choices=[ThresholdChoice("tuned", 31, {"miou": 0.1, "miou_l": float("nan")})],
        )

    def _masks(self) -> None:
        with LabelMapWriter(self.root / "maps", {"label_space": SPACE, "masks_by": "sam"}) as maps:
            maps.write("a", np.ones((3, 4), np.int32))
        mask = np.eye(3, 4, dtype=np.bool_)
        region = Region(mask=mask, score=0.5, stability=0.75, box=(0, 0, 3, 3))
        self.line = region_line("a", [region])
        self.write_regions(self.root / "regions", self.line)

    def _evaluations(self) -> None:
        labels = {name: renamed(split.truth) for name, split in self.splits.items()}
        write_evaluations(splits=self.splits, labels=labels, folder=self.root)

    def _rows(self) -> None:
        measure_baselines(self.train, self.splits, self.root / "baselines.json")
        save_quality(
            self.root / "label_quality.json",
            [QualityRow(step="one", images=24, coverage=1.0, accuracy=0.5, nmi=0.5)],
        )
        learning = asdict(Learning("untrained", 0.25, 0.5))
        masks = MaskRow(
            step="CRF",
            validation={"miou": 0.1},
            test={"miou": 0.1, "boundary_miou": 0.0, "f": 0.4},
        )
        (self.root / "learning.json").write_text(json.dumps([learning]))
        (self.root / "mask_quality.json").write_text(json.dumps([asdict(masks)]))
        choice = asdict(ClusterCurve(chosen=6, by=BY_CLASSES))
        (self.root / "clusters.json").write_text(json.dumps(choice))
        self.summarise(self.root / "made")
        result = Result.load(self.root / "made" / "result.json")
        replace(result, selection={"matching": "masks"}).save(self.root / "result.json")

    @staticmethod
    def write_regions(folder: Path, line: bytes) -> None:
        """An artifact of the regions of one image.

        Args:
            folder: to write.
            line: of the image.
        """
        with RegionWriter(folder, "classical") as regions:
            regions.write("a", line)

    def summarise(self, folder: Path) -> None:
        """Run the last stage of a training, into `folder`."""
        folder.mkdir(exist_ok=True)
        summarise_parts(run=RUN, parts=self.root, train=self.train, output=folder)

    def summarise_evaluation(self, folder: Path) -> None:
        """Run the last stage of an evaluation, into `folder`."""
        folder.mkdir(exist_ok=True)
        summarise_evaluation(
            run=RUN,
            model="models:/a/1",
            **{name: self.root / name for name in ("weights", "validation", "test")},
            baselines=self.root / "baselines.json",
            result=folder / "result.json",
            page=folder / "page.html",
            markdown=folder / "tables.md",
        )


def _result(good: Good) -> None:
    result = Result.load(good.root / "result.json")
    run_page(result)
    run_markdown(result)


def _maps(good: Good) -> None:
    maps = LabelMaps(good.root / "maps")
    maps.origin("label_space")
    maps.origin("masks_by", "none")


def _regions(good: Good) -> None:
    RegionFolder(good.root / "regions").read("a")


def _weights(good: Good) -> None:
    began_with(load_card(good.root / "weights"))
    fetch_model(str(good.root / "weights"), good.root / "made" / "fetched")


def _curve(good: Good) -> None:
    load_searched_threshold(good.root / "curve")
    curve_page(good.root / "curve")


def _evaluation(good: Good) -> None:
    split_page(good.root / "validation", "validation", "some images")
    Matching.load(good.root / "validation" / "match.json").require(6)


def _report(good: Good) -> None:
    good.summarise(good.root / "made")


READERS: dict[str, Callable[[Good], object]] = {
    "pointer.json": lambda good: DatasetPointer.load(good.root / "pointer.json"),
    "weights/model.json": _weights,
    "sam/model.json": lambda good: load_sam_card(good.root / "sam"),
    "centroids/centroids.json": lambda good: Centroids.load(good.root / "centroids"),
    "curve/curve.json": _curve,
    "maps/meta.json": _maps,
    "regions/meta.json": _regions,
    **{
        f"validation/{name}.json": _evaluation for name in ("metrics", "match", "classes", "strips")
    },
    "baselines.json": lambda good: good.summarise_evaluation(good.root / "made"),
    "learning.json": _report,
    "label_quality.json": _report,
    "mask_quality.json": _report,
    "result.json": _result,
}
"""What reads each file, by its path."""
