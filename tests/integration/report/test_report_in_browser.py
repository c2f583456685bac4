"""The report as a reader's browser shows it: wide and narrow, light and dark. Skipped where there
is no Chromium.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from tests.integration.browser import Tab, chromium, find_chromium
from tests.integration.page_checks import BROKEN_IMAGES, OUTSIDE, TEXTS

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.config.settings import RunInfo
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.evaluation.curve.curve_files import ThresholdChoice, save_curve
from pass_ops.evaluation.curve.threshold_curve import CurvePoint
from pass_ops.evaluation.diagnostics.baselines import Split
from pass_ops.evaluation.diagnostics.label_quality import save_quality
from pass_ops.evaluation.diagnostics.measure_baselines import measure_baselines
from pass_ops.evaluation.files import SPLIT_PAGE
from pass_ops.evaluation.report.evaluate_split import evaluate_split
from pass_ops.evaluation.report.result import Learning, MaskRow, QualityRow
from pass_ops.evaluation.report.summarise import summarise
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    path = find_chromium()
    if path is None:
        print("no Chromium on this machine: 10 tests of pages in a browser are skipped")
        pytest.skip(
            "no Chromium on this machine: 10 tests of pages in a browser are skipped; apt-get install chromium"
        )
    with chromium(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The report of a run whose predictions are the ground truth with errors, and the page of its
    test split.
    """
    root = tmp_path_factory.mktemp("report")
    pointer = locate(str(real_data))
    splits = {
        name: Split(open_images(pointer, name, root), open_ground_truth(pointer, name, root))
        for name in ("validation", "test")
    }
    matching = None
    for name, split in splits.items():
        with LabelMapWriter(root / f"{name} labels") as writer:
            for number, key in enumerate(split.truth.keys):
                mask = np.where(split.truth.mask(key) == 1000, 0, split.truth.mask(key))
                writer.write(
                    key, np.roll(mask, number * 3, axis=1) if number % 3 else np.zeros_like(mask)
                )
        evaluate_split(
            split=name,
            images=split.images,
            truth=split.truth,
            predictions=root / f"{name} labels",
            config=EvaluationConfig(),
            matching=matching,
            evaluation=root / name,
            exported=root / f"{name} exported",
            tracker=NullTracker(),
        )
        matching = root / "validation"
    train = open_images(pointer, "train", root)
    measure_baselines(train, splits, root / "baselines.json")
    (root / "learning.json").write_text(json.dumps([asdict(Learning("pre-trained", 0.5, 0.625))]))
    (root / "curve").mkdir()
    points = [
        CurvePoint(
            percent=t,
            miou=0.5 * math.exp(-(((t - 45) / 20) ** 2)),
            acc=0.5,
            f=0.6,
            matching=Matching((1,)),
        )
        for t in range(101)
    ]
    choices = [
        ThresholdChoice("tuned on validation masks", 45, {"miou": 0.5}),
        ThresholdChoice("label-free", 52, {"miou": 0.4}),
    ]
    save_curve(
        folder=root / "curve", label_space="clustering-1", pixels={}, points=points, choices=choices
    )
    labels = [place % len(splits["test"].truth.categories) for place in range(len(train))]
    table = {"key": train.keys, "label": labels, "distances": [[0.1, 0.2]] * len(train)}
    pd.DataFrame(table).assign(label_space="clustering-1").to_parquet(root / "labels.parquet")
    run = RunInfo(
        data=f"s3://pass-data/photographs/{'0a' * 32}",
        profile="smoke",
        seed=31,
        compat="fixed",
        mask_backend="classical",
    )
    save_quality(
        root / "label_quality.json",
        [
            QualityRow(
                step="selected by distance", images=12419, coverage=0.5, accuracy=0.6, nmi=0.7
            )
        ],
    )
    masks = [
        MaskRow(
            step="prompted masks", validation_miou=0.2, test_miou=0.1, boundary_miou=0.05, f=0.6
        )
    ]
    (root / "mask_quality.json").write_text(json.dumps([asdict(row) for row in masks]))
    summarise(
        run=run,
        checkpoint_choice="validation",
        validation=root / "validation",
        test=root / "test",
        learning=root / "learning.json",
        label_quality=root / "label_quality.json",
        mask_quality=root / "mask_quality.json",
        baselines=root / "baselines.json",
        curve=root / "curve",
        train=train,
        labels=root / "labels.parquet",
        result=root / "result.json",
        page=root / "report.html",
        markdown=root / "report.md",
    )
    return {"report": root / "report.html", "split": root / "test" / SPLIT_PAGE}


@pytest.fixture(
    scope="module", params=[(1280, False), (1280, True), (400, False), (400, True)], ids=str
)
def view(request: pytest.FixtureRequest) -> tuple[int, bool]:
    """Width of the window in pixels, and whether the system is dark."""
    width, dark = request.param
    return width, dark


@pytest.mark.parametrize("name", ["report", "split"])
def test_the_page_is_readable(
    tab: Tab, pages: dict[str, Path], view: tuple[int, bool], name: str
) -> None:
    width, dark = view
    tab.open(pages[name], width, dark)
    tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert tab.problems == []
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    assert tab.evaluate(OUTSIDE) == []
    assert tab.evaluate(BROKEN_IMAGES) == 0
    texts: list[dict[str, Any]] = tab.evaluate(TEXTS)
    assert len(texts) > 100
    assert [text for text in texts if text["size"] < 11.99] == []
    assert [text for text in texts if text["contrast"] < 4.5] == []
    picture = np.asarray(Image.open(io.BytesIO(tab.screenshot())).convert("RGB"))
    assert picture.shape[1] == width
    assert picture.shape[0] > 2000
    assert picture[5, 5].tolist() == ([22, 27, 34] if dark else [255, 255, 255])
    assert len(np.unique(picture[::4, ::4].reshape(-1, 3), axis=0)) > 1000


def test_the_test_sees_what_it_looks_for(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<body style='background:#fff;margin:0'><p style='font-size:8px;color:#aaa'>small</p>"
        "<div style='width:900px'>wide</div><img width=9 height=9 src='data:image/png;base64,AAAA'>"
        "<script>console.error('broken')</script>"
    )
    tab.open(page, 400, dark=False)
    assert any("broken" in problem for problem in tab.problems)
    assert tab.evaluate("document.documentElement.scrollWidth") == 900
    assert len(tab.evaluate(OUTSIDE)) == 1
    assert tab.evaluate(BROKEN_IMAGES) == 1
    small, wide = tab.evaluate(TEXTS)[:2]
    assert (small["text"], small["size"]) == ("small", 8)
    assert small["contrast"] == pytest.approx(2.32, abs=0.01)
    assert wide["contrast"] == pytest.approx(21)


def test_a_request_to_a_server_is_a_problem(tab: Tab, tmp_path: Path) -> None:
    page = tmp_path / "asks.html"
    page.write_text("<img src='http://127.0.0.1:9/picture.png'>")
    tab.open(page, 400, dark=False)
    assert "http://127.0.0.1:9/picture.png" in tab.problems
