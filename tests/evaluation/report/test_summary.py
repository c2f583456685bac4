"""The last stage, fed with what the stages before it really write."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import asdict

import pandas as pd
import pytest
from tests.evaluation.test_report import Page

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.evaluation.curve.page import ChosenThreshold, save_curve
from pass_ops.evaluation.curve.threshold_curve import CurvePoint
from pass_ops.evaluation.diagnostics.label_quality import save_quality
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.report.examples import SPAN, STRIPS
from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow, Result
from pass_ops.evaluation.report.split import MATCH, evaluate_split
from pass_ops.evaluation.report.split_page import METRICS
from pass_ops.evaluation.report.summary import summarise
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.conftest import CLUSTER_TO_CLASS, renamed, write_labels

RUN = {
    "profile": "smoke",
    "data": f"s3://pass-data/shapes/{'0a' * 32}",
    "seed": 31,
    "compat": "fixed",
    "mask_backend": "classical",
}
CATEGORIES = [f"n{number}" for number in range(90000001, 90000007)]
LEARNING = [
    Learning("untrained", 0.25, 0.35),
    Learning("pre-trained", 0.5, 0.625),
    Learning("pixel attention", 0.75, 0.875),
]

LABELS = [QualityRow(step="clustering 1", images=24, coverage=1.0, accuracy=0.4375, nmi=0.5)]
MASKS = [
    MaskRow(step="coarse labels", validation_miou=0.1, test_miou=0.0625, boundary_miou=0.05, f=0.4),
    MaskRow(step="+ CRF", validation_miou=0.2, test_miou=0.1875, boundary_miou=0.1, f=0.5),
]


@pytest.fixture(scope="module")
def parts(splits, training_images, tmp_path_factory):
    """Folders of both evaluations and of the threshold curve, files of learning and baselines."""
    root = tmp_path_factory.mktemp("parts")
    matching = None
    for name, split in splits.items():
        write_labels(root / f"{name} labels", renamed(split.truth))
        paths = root / f"{name} labels", root / name, root / f"{name} exported"
        evaluate_split(
            split=name,
            images=split.images,
            truth=split.truth,
            predictions=paths[0],
            config=EvaluationConfig(),
            matching=matching,
            evaluation=paths[1],
            exported=paths[2],
            tracker=NullTracker(),
        )
        matching = root / "validation"
    measure_baselines(training_images, splits, root / "baselines.json")
    (root / "learning.json").write_text(json.dumps([asdict(row) for row in LEARNING]))
    save_quality(root / "label_quality.json", LABELS)
    (root / "mask_quality.json").write_text(json.dumps([asdict(row) for row in MASKS]))
    (root / "curve").mkdir()
    points = [
        CurvePoint(percent=percent, miou=0.1, acc=0.2, f=0.3, matching=Matching((1,)))
        for percent in range(101)
    ]
    save_curve(
        folder=root / "curve",
        label_space="clustering-1",
        pixels={},
        points=points,
        chosen=[ChosenThreshold("tuned", 31, {"miou": 0.1, "miou_l": math.nan})],
    )
    keys = training_images.keys
    table = {
        "key": keys,
        "label": [place % 6 for place in range(len(keys))],
        "distances": [[0.1, 0.2]] * len(keys),
    }
    pd.DataFrame(table).to_parquet(root / "labels.parquet")
    return root


def summarised(*, parts, folder, test, images):
    """The stage's figures, and what it wrote."""
    files = ("learning.json", "label_quality.json", "mask_quality.json", "baselines.json", "curve")
    inputs = (
        parts / "validation",
        test,
        *(parts / name for name in files),
        images,
        parts / "labels.parquet",
    )
    outputs = (folder / "result.json", folder / "report.html", folder / "report.md")
    figures = summarise(RUN, "validation", *inputs, *outputs)
    return figures, Result.load(outputs[0]), outputs[1].read_text(), outputs[2].read_text()


def test_the_result_holds_every_figure(parts, training_images, tmp_path):
    figures, result, _, _ = summarised(
        parts=parts, folder=tmp_path, test=parts / "test", images=training_images
    )
    assert figures == pytest.approx({"validation_miou": 1.0, "test_miou": 1.0})
    assert (result.profile, result.data, result.seed, result.compat, result.mask_backend) == tuple(
        RUN.values()
    )
    assert (result.validation["miou"], result.test["f"]) == pytest.approx((1.0, 1.0))
    assert list(result.learning) == LEARNING
    assert (list(result.label_quality), list(result.mask_quality)) == (LABELS, MASKS)
    assert result.baselines["all_background"]["test"]["miou"] == pytest.approx(0.12, abs=0.03)
    assert result.baselines["ellipse_colour"]["validation"]["miou"] > 0.12
    assert result.selection == dict.fromkeys(
        ("matching", "threshold", "checkpoint"), "validation masks"
    )


def test_the_report_shows_examples_charts_and_clusters(parts, training_images, tmp_path):
    _, _, html, markdown = summarised(
        parts=parts, folder=tmp_path, test=parts / "test", images=training_images
    )
    page = Page(html)
    assert page.open == []
    for split in ("test", "validation"):
        index = json.loads((parts / split / STRIPS).read_text())
        assert len(index[SPAN]) == 10
        inline = {base64.b64decode(link.partition("base64,")[2]) for link in page.links}
        assert {
            (parts / split / name).read_bytes() for strips in index.values() for name in strips
        } < inline
    headings = {
        f"{split}: {what}"
        for split in ("Test", "Validation")
        for what in ("IoU of each class", "mIoU by size of the object")
    }
    texts = {
        "shapes",
        RUN["data"],
        "untrained",
        "pixel attention",
        "0.875",
        "all background",
        "tuned: 31 %",
    }
    assert headings | texts | {"Clusters", "Scores by attention threshold"} <= set(page.text)
    (first,) = (text for text in page.text if text.startswith("cluster 0, "))
    assert first == f"cluster 0, 4 images: {CATEGORIES[2]}"  # CLUSTER_TO_CLASS
    assert {"clustering 1", "0.438", "coarse labels", "0.188"} <= set(page.text)
    assert "| pre-trained | 0.500 | 0.625 |" in markdown
    assert "| + CRF | 0.200 | 0.188 | 0.100 | 0.500 |" in markdown


def test_without_test_masks_the_examples_are_those_of_validation(parts, training_images, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / METRICS).write_text("{}\n")
    CLUSTER_TO_CLASS.save(hidden / MATCH)
    figures, result, html, _ = summarised(
        parts=parts, folder=tmp_path, test=hidden, images=training_images
    )
    assert figures == pytest.approx({"validation_miou": 1.0})
    assert result.test == {}
    page = Page(html)
    assert "Validation: IoU of each class" in page.text
    assert not any(text.startswith("Test") for text in page.text)
