"""The closing tables and lines of a run."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from pass_ops.evaluation.report.result import Result, Stage
from pass_ops.graph.recorder import training_tasks
from pipelines.local.summary import collect, show

RESULT = {
    "profile": "smoke",
    "seed": 31,
    "compat": "fixed",
    "data": "synthetic",
    "mask_backend": "classical",
    "validation": {"miou": 0.25},
    "test": {"miou": 0.2},
    "baselines": {},
    "learning": [],
}


def shown(folder: Path, changes: dict[str, object]) -> list[str]:
    """The lines on a terminal of 80 columns, after a run of all stages.

    Args:
        folder: scratch.
        changes: of `RESULT`.
    """
    file = folder / "result.json"
    headlines = {name: task.declaration.headline for name, task in training_tasks().items()}
    names = list(headlines)
    stages = [
        Stage(
            name=name,
            seconds=1234.5,
            peak_rss_mb=12345,
            cached=True,
            figure=f"{headlines[name]} 0.3193",
        )
        for name in names
    ]
    file.write_text(json.dumps(RESULT | changes))
    result = Result.load(file)
    output = StringIO()
    result = Result(**(vars(result) | {"stages": tuple(stages)}))
    show(
        result=result,
        seconds=306,
        folder=folder,
        mlflow="here",
        console=Console(file=output, width=80),
    )
    lines = output.getvalue().splitlines()
    for name in names:
        (line,) = (line for line in lines if f" {name} " in line)
        assert line.rstrip().endswith(" 0.3193"), name
    return lines


def test_tables_fit_a_terminal_with_whole_names_and_the_score_comes_first(tmp_path: Path) -> None:
    (tmp_path / "predictions.png").touch()
    lines = shown(tmp_path, {})
    closing = next(number for number, line in enumerate(lines) if line.startswith("mIoU  "))
    assert all(len(line) <= 80 and "…" not in line for line in lines[:closing])
    assert lines[closing] == "mIoU         0.200 on test, 0.250 on validation, in 306 s"
    picture, purpose, report = lines[closing + 1 : closing + 4]
    assert picture == f"picture      {tmp_path}/predictions.png"
    assert purpose.startswith("smoke        shows every stage in minutes, on drawn shapes")
    assert report.startswith(f"report       {tmp_path}/report/index.html")


def test_of_a_split_without_masks_nothing_is_said(tmp_path: Path) -> None:
    lines = shown(tmp_path, {"test": {}, "profile": "small"})
    closing = lines.index("mIoU         0.250 on validation, in 306 s")
    assert lines[closing + 1].startswith("report  ")


def test_the_model_is_named_and_its_card_says_what_the_run_took(
    exported_model: Path, tmp_path: Path
) -> None:
    class Output:
        def __init__(self, path: Path) -> None:
            self.path = str(path)

    folder = tmp_path / "run"
    folder.mkdir()
    (tmp_path / "result.json").write_text(json.dumps(RESULT))
    stages = (Stage(name="pretrain", seconds=12.34, peak_rss_mb=812.6),)
    test = exported_model.parent / "test"
    result = collect(
        outputs={
            "result": Output(tmp_path / "result.json"),
            "model": Output(exported_model),
            "test_evaluation": Output(test),
        },
        folder=folder,
        data="photographs",
        stages=stages,
    )
    card = (folder / "model" / "README.md").read_text()
    assert "| data set | photographs |" in card
    assert "| pretrain | 12.3 | 813 |" in card
    sheet = (folder / "predictions.png").read_bytes()
    assert sheet == (test / "predictions.png").read_bytes()
    assert (folder / "test_evaluation" / "classes.json").is_file()
    output = StringIO()
    show(result=result, seconds=1, folder=folder, mlflow="here", console=Console(file=output))
    assert f"pass-ops predict {folder}/model PHOTOGRAPHS" in output.getvalue()
