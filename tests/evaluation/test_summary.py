"""The last stage, fed with what the stages before it really write."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict

import pytest

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.evaluation.charts import DARK, LIGHT, curve_chart
from pass_ops.evaluation.curve import CurvePoint
from pass_ops.evaluation.matching import Matching
from pass_ops.evaluation.measure import measure_baselines
from pass_ops.evaluation.result import Learning, Result
from pass_ops.evaluation.split import MATCH, METRICS, STRIPS, evaluate_split
from pass_ops.evaluation.summary import summarise
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.conftest import CLUSTER_TO_CLASS, renamed, write_labels
from tests.evaluation.test_report import Page

RUN = {"profile": "smoke", "data": f"s3://pass-data/shapes/{'0a' * 32}", "seed": 31, "compat": "fixed"}
LEARNING = [Learning("untrained", 0.25, 0.35), Learning("pre-trained", 0.5, 0.625), Learning("pixel attention", 0.75, 0.875)]


@pytest.fixture(scope="module")
def parts(splits, training_images, tmp_path_factory):
    """Folders of both evaluations and of the threshold curve, files of learning and baselines."""
    root = tmp_path_factory.mktemp("parts")
    matching = None
    for name, split in splits.items():
        write_labels(root / f"{name} labels", renamed(split.truth))
        paths = root / f"{name} labels", root / name, root / f"{name} exported"
        evaluate_split(split.images, split.truth, paths[0], EvaluationConfig(), matching, paths[1], paths[2], NullTracker())
        matching = root / "validation"
    measure_baselines(training_images, splits, root / "baselines.json")
    (root / "learning.json").write_text(json.dumps([asdict(row) for row in LEARNING]))
    (root / "curve").mkdir()
    points = [CurvePoint(percent, 0.1, 0.2, 0.3, Matching((1,))) for percent in (30, 31, 32)]
    for name, theme in (("light", LIGHT), ("dark", DARK)):
        (root / "curve" / f"curve-{name}.png").write_bytes(curve_chart(points, 31, theme))
    return root


def summarised(parts, folder, test):
    """The stage's figures, and what it wrote."""
    inputs = (parts / "validation", test, parts / "learning.json", parts / "baselines.json", parts / "curve")
    outputs = (folder / "result.json", folder / "report.html", folder / "report.md")
    figures = summarise(RUN, "validation", *inputs, *outputs)
    return figures, Result.load(outputs[0]), outputs[1].read_text(), outputs[2].read_text()


def test_the_result_holds_every_figure(parts, tmp_path):
    figures, result, _, _ = summarised(parts, tmp_path, parts / "test")
    assert figures == pytest.approx({"validation_miou": 1.0, "test_miou": 1.0})
    assert (result.profile, result.data, result.seed, result.compat, result.mask_backend) == (*RUN.values(), "none")
    assert (result.validation["miou"], result.test["f"]) == pytest.approx((1.0, 1.0))
    assert list(result.learning) == LEARNING
    assert result.baselines["all_background"]["test"]["miou"] == pytest.approx(0.12, abs=0.03)
    assert result.baselines["ellipse_colour"]["validation"]["miou"] > 0.12
    assert result.selection == dict.fromkeys(("matching", "threshold", "checkpoint"), "validation masks")


def test_the_report_shows_ten_examples_of_test_and_every_chart(parts, tmp_path):
    _, _, html, markdown = summarised(parts, tmp_path, parts / "test")
    page = Page(html)
    captions = json.loads((parts / "test" / STRIPS).read_text())
    assert [text for text in page.text if "predicted" in text] == [f"Test: {text}" for text in captions.values()]
    inline = {base64.b64decode(link.partition("base64,")[2]) for link in page.links}
    assert {(parts / "test" / name).read_bytes() for name in captions} < inline
    charts = [*parts.glob("*/iou-*.png"), *parts.glob("*/confusion-*.png"), *parts.glob("curve/*.png")]
    assert len(charts) == 10
    assert {chart.read_bytes() for chart in charts} < inline
    assert {"shapes", RUN["data"], "untrained", "pixel attention", "0.875", "all background"} <= set(
        page.text
    )
    assert "| pre-trained | 0.500 | 0.625 |" in markdown


def test_without_test_masks_the_examples_are_those_of_validation(parts, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / METRICS).write_text("{}\n")
    CLUSTER_TO_CLASS.save(hidden / MATCH)
    figures, result, html, _ = summarised(parts, tmp_path, hidden)
    assert figures == pytest.approx({"validation_miou": 1.0})
    assert result.test == {}
    page = Page(html)
    assert sum(text.startswith("Validation: mIoU") for text in page.text) == 10
    assert not any(text.startswith("Test") for text in page.text)
