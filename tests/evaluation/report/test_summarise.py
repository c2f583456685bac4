"""The last stage, fed with what the stages before it really write."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from pass_ops.clustering.count.curve import BY_CLASSES, ClusterCurve
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.segmentation import (
    CHECKPOINT_CRITERIA,
    CheckpointChoiceConfig,
    PredictionConfig,
)
from pass_ops.config.settings import RunInfo
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import NAMES
from pass_ops.evaluation.curve.curve import PointScores, ThresholdChoice
from pass_ops.evaluation.curve.curve_files import save_curve
from pass_ops.evaluation.diagnostics.label_quality import save_quality
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.files import MATCHING, METRICS, STRIPS
from pass_ops.evaluation.report.examples import SAMPLE, SPAN
from pass_ops.evaluation.report.result import (
    ALONE,
    COMPLETED,
    Learning,
    MaskRow,
    QualityRow,
    Result,
)
from pass_ops.evaluation.report.summarise import summarise_evaluation
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.models.card import Card
from pass_ops.paths import ModelPath
from pass_ops.stages.reporting import Report
from pass_ops.storage.kinds import form_of
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.html import Page
from tests.evaluation.predictions import CLUSTER_TO_CLASS, renamed
from tests.evaluation.written_run import label_table, summarise_parts, write_evaluations
from tests.export.example import write_weights

RUN = RunInfo(
    data=f"s3://pass-data/shapes/{'0a' * 32}",
    profile="smoke",
    seed=31,
    compat="fixed",
    mask_backend="classical",
    overrides={"pretrain.epochs": 3},
    data_digest="0a" * 32,
    commit="0123456789ab",
    pipeline_version="0123456789ab-0123abcd",
    name="a run",
)
LEARNING = [
    Learning("untrained", 0.25, 0.35),
    Learning("pre-trained", 0.5, 0.625),
    Learning("pixel attention", 0.75, 0.875),
]

LABELS = [QualityRow(step="clustering 1", images=24, coverage=1.0, accuracy=0.4375, nmi=0.5)]
MASKS = [
    MaskRow(
        step="coarse labels",
        validation={"miou": 0.1},
        test={"miou": 0.0625, "boundary_miou": 0.05, "f": 0.4},
    ),
    MaskRow(
        step="+ CRF",
        validation={"miou": 0.2},
        test={"miou": 0.1875, "boundary_miou": 0.1, "f": 0.5},
    ),
    MaskRow(
        step=ALONE,
        validation={"miou": 0.4375},
        test={"miou": 0.375, "boundary_miou": 0.25, "f": 0.625},
        matching=(1, 2, 3, 4, 6, 5),
    ),
    MaskRow(
        step=COMPLETED,
        validation={"miou": 1.0},
        test={"miou": 1.0, "boundary_miou": 1.0, "f": 1.0},
        matching=CLUSTER_TO_CLASS.classes,
    ),
]


@pytest.fixture(scope="module")
def parts(splits, training_images, tmp_path_factory):
    """Folders of both evaluations and of the threshold curve, files of learning and baselines."""
    root = tmp_path_factory.mktemp("parts")
    labels = {name: renamed(split.truth) for name, split in splits.items()}
    write_evaluations(splits=splits, labels=labels, folder=root)
    measure_baselines(training_images, splits, root / "baselines.json")
    (root / "learning.json").write_text(json.dumps([asdict(row) for row in LEARNING]))
    save_quality(root / "label_quality.json", LABELS)
    (root / "mask_quality.json").write_text(json.dumps([asdict(row) for row in MASKS]))
    (root / "clusters.json").write_text(json.dumps(asdict(ClusterCurve(chosen=6, by=BY_CLASSES))))
    (root / "curve").mkdir()
    points = [PointScores(percent=percent, miou=0.1, acc=0.2, f=0.3) for percent in range(101)]
    save_curve(
        folder=root / "curve",
        label_space="clustering-1",
        pixels={},
        points=points,
        choices=[ThresholdChoice("tuned", 31, {"miou": 0.1, "miou_l": math.nan})],
    )
    label_table(training_images.keys, 6).to_parquet(root / "labels.parquet")
    return root


def summarised(*, parts, folder, test, images):
    """The result, and what was written: result, page, tables."""
    summary = summarise_parts(run=RUN, parts=parts, train=images, output=folder, test=test)
    page, markdown = (folder / name for name in ("report.html", "report.md"))
    return summary, Result.load(folder / "result.json"), page.read_text(), markdown.read_text()


def test_the_result_holds_all_that_was_measured(parts, training_images, tmp_path):
    summary, result, _, _ = summarised(
        parts=parts, folder=tmp_path, test=parts / "test", images=training_images
    )
    assert repr(summary) == repr(result)
    assert {"validation/miou", "test/boundary_miou"} < result.scores().keys()
    facts = asdict(RUN)
    del facts["pipeline_version"], facts["name"]
    assert {name: getattr(result, name) for name in facts} == facts
    assert result.versions["jittor"] == "1.3.11.0"
    assert abs(datetime.now(UTC) - datetime.fromisoformat(result.date)) < timedelta(hours=1)
    assert (result.validation["miou"], result.test["f"]) == pytest.approx((1.0, 1.0))
    assert list(result.learning) == LEARNING
    assert (list(result.label_quality), list(result.mask_quality)) == (LABELS, MASKS)
    assert result.baselines["all_background"]["test"]["miou"] == pytest.approx(0.12, abs=0.03)
    assert result.baselines["ellipse_colour"]["validation"]["miou"] > 0.12
    assert result.selection == {
        "matching": "validation masks",
        "threshold": "validation masks",
        "checkpoint": CHECKPOINT_CRITERIA["validation"],
    }


def test_the_keys_of_result_json_are_in_their_order(parts, training_images, tmp_path):
    summarised(parts=parts, folder=tmp_path, test=parts / "test", images=training_images)
    assert list(json.loads((tmp_path / "result.json").read_text())) == [
        *("profile", "data", "seed", "compat", "mask_backend"),
        *("validation", "test", "initial_weights", "baselines", "learning"),
        *("selection", "label_quality", "mask_quality", "label_free"),
        *("data_digest", "overrides", "commit", "versions", "date", "stages"),
    ]


def test_a_model_that_was_not_trained_here_says_what_made_its_masks(parts, tmp_path):
    weights = tmp_path / "weights"
    weights.mkdir()
    card = Card(
        stage="train_segmenter",
        network=NetworkConfig(),
        epoch=3,
        config_digest="0a",
        masks="sam",
        initial="moco",
    )
    (weights / "model.json").write_text(json.dumps(asdict(card)))
    result, page, markdown = (tmp_path / name for name in ("result.json", "run.html", "run.md"))
    summarise_evaluation(
        run=RUN,
        model="models:/pass-segmenter/3",
        weights=weights,
        baselines=parts / "baselines.json",
        validation=parts / "validation",
        test=parts / "test",
        result=result,
        page=page,
        markdown=markdown,
    )
    summary = Result.load(result)
    assert (summary.mask_backend, summary.initial_weights, summary.seed) == ("sam", "moco", 31)
    assert summary.selection == {
        "model": "models:/pass-segmenter/3",
        "matching": "validation masks",
    }
    assert "SAM-assisted" in page.read_text()
    assert "<dt>initial weights</dt><dd>moco</dd>" in page.read_text()


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
        RUN.data,
        "untrained",
        "pixel attention",
        "0.875",
        "all background",
        "tuned: 31 %",
    }
    assert headings | texts | {"Clusters", "Scores by attention threshold"} <= set(page.text)
    (first,) = (text for text in page.text if text.startswith("cluster 0, "))
    assert first == f"cluster 0, 4 images: {NAMES[2]}"  # CLUSTER_TO_CLASS
    assert {"clustering 1", "0.438", "coarse labels", "0.188"} <= set(page.text)
    assert "| pre-trained | 0.500 | 0.625 |" in markdown
    assert "| + CRF | 0.200 | 0.188 | 0.100 | 0.500 |" in markdown


def test_without_test_masks_the_examples_are_those_of_validation(parts, training_images, tmp_path):
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / METRICS).write_text("{}\n")
    CLUSTER_TO_CLASS.save(hidden / MATCHING)
    (hidden / STRIPS).write_text(json.dumps({SAMPLE: {}}))
    _, result, html, _ = summarised(
        parts=parts, folder=tmp_path, test=hidden, images=training_images
    )
    assert result.test == {}
    assert {name.partition("/")[0] for name in result.scores()} == {"validation"}
    page = Page(html)
    assert "Validation: IoU of each class" in page.text
    assert [text for text in page.text if text.startswith("Test")] == ["Test: image, prediction"]


class Registry(NullTracker):
    """Remembers which models were registered, and whether the run has ended since."""

    def __init__(self):
        self.models, self.files, self.ended = [], [], False

    def register(self, path, name, tags):
        assert not self.ended
        self.models.append((path, name, tags))

    def file(self, path, folder, name=""):
        self.files.append(f"{folder}/{name or path.name}")

    def finish(self):
        self.ended = True


def test_the_stage_exports_the_model_and_registers_it_before_the_run_ends(
    parts, synthetic_data, tiny_network, tmp_path, monkeypatch
):
    monkeypatch.setenv("PASS_DATA_CACHE", str(tmp_path / "cache"))
    pointer = locate(str(synthetic_data))
    pointer.save(tmp_path / "dataset.json")
    use = Report(
        run_info=RUN,
        choice=CheckpointChoiceConfig(),
        prediction=PredictionConfig(),
        dataset=tmp_path / "dataset.json",
        weights=write_weights(tmp_path / "weights", tiny_network, 7),
        validation=parts / "validation",
        test=parts / "test",
        curve=parts / "curve",
        cluster_curve=parts / "clusters.json",
        labels=parts / "labels.parquet",
        **{
            name: parts / f"{name}.json"
            for name in ("learning", "label_quality", "mask_quality", "baselines")
        },
    )
    names = {"result": "r.json", "page": "r.html", "summary": "r.md", "model": "model"}
    for name, file in names.items():
        setattr(use, name, tmp_path / file)
    registry = Registry()
    assert use.run(registry)["validation/miou"] == pytest.approx(1)
    ((path, name, tags),) = registry.models
    assert (path, name) == (use.model, "pass-segmenter-shapes")
    # Of the model alone, which the champion is chosen by; then of the completed predictions.
    assert (tags["validation_miou"], tags["test_miou"]) == ("0.4375", "0.375")
    assert float(tags["completed_validation_miou"]) == pytest.approx(1)
    assert float(tags["completed_test_miou"]) == pytest.approx(1)
    assert Matching.load(use.model / MATCHING).classes == (1, 2, 3, 4, 6, 5)
    assert Matching.load(parts / "validation" / MATCHING) == CLUSTER_TO_CLASS
    assert (tags["data_digest"], tags["commit"]) == (pointer.digest, RUN.commit)
    assert form_of(ModelPath).stranger(use.model) == ""
    # The run keeps the segmenter as a registered model, not twice.
    assert registry.ended
    assert "/checkpoint" not in registry.files
