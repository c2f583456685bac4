"""What a finished local run leaves for its user: `result.json`, the report, the predictions, and a closing table."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pass_ops.storage.atomic import atomic_path

Result = dict[str, Any]
SPLITS = ("validation", "test")


def collect(outputs: Mapping[str, Any], folder: Path, data: str, cached: Collection[str]) -> Result:
    """Copy the pipeline's outputs into `folder` and write `result.json` there, last.

    Args:
        outputs: KFP artifacts by name. `result` is a JSON object with `validation`, `test` and `stages`; `report` an
            HTML file; the others are copied as they are.
        data: the data set as its user named it; the pipeline knows only where it was packed to.
        cached: names of the stages that were taken from the cache; each of the result's `stages` learns whether it was.

    Returns:
        what `result.json` holds.
    """
    result: Result = json.loads(Path(outputs["result"].path).read_text()) | {"data": data}
    names = {_plain(name) for name in cached}
    result["stages"] = [stage | {"cached": _plain(stage["name"]) in names} for stage in result["stages"]]
    for name, artifact in outputs.items():
        if name == "report":
            _copy(Path(artifact.path), folder / "report" / "index.html")
        elif name != "result":
            _copy(Path(artifact.path), folder / name)
    with atomic_path(folder / "result.json") as partial:
        partial.write_text(json.dumps(result, indent=2) + "\n")
    return result


def show(result: Result, seconds: float, folder: Path, mlflow: str, console: Console) -> None:
    """Print the closing tables and where everything lies; `seconds` is what the whole run took."""
    console.print(_stages(result, seconds), _comparison(result))
    console.print(f"predictions  {folder}/validation_predictions, {folder}/test_predictions", soft_wrap=True)
    console.print(f"report       {folder}/report/index.html (overlays, curves, scores of every class)", soft_wrap=True)
    console.print(f"result       {folder}/result.json", soft_wrap=True)
    console.print(f"MLflow       {mlflow}", soft_wrap=True)


def scores(result: Result) -> dict[str, float]:
    """The result's numeric metrics as one flat table: `{"test.miou": 0.2}`."""
    metrics = ((split, name, value) for split in SPLITS for name, value in result[split].items())
    return {f"{split}.{name}": float(value) for split, name, value in metrics if isinstance(value, int | float)}


def _stages(result: Result, total: float) -> Table:
    table = Table("stage", title=f"Stages, {total:.0f} s in all")
    table.add_column("seconds", justify="right")
    table.add_column("peak MB", justify="right")
    table.add_column("figure")
    table.add_column("cached")
    for stage in result["stages"]:
        seconds, peak = f"{stage['seconds']:.1f}", f"{stage['peak_rss_mb']:.0f}"
        table.add_row(stage["name"], seconds, peak, str(stage.get("figure", "")), "yes" if stage["cached"] else "")
    return table


def _comparison(result: Result) -> Table:
    """The run's mIoU, and beneath it that of the reference baselines."""
    table = Table("mIoU", title=f"{result['profile']}, seed {result['seed']}")
    for split in SPLITS:
        table.add_column(split, justify="right")
    for name, metrics in {"this run": result, **result["baselines"]}.items():
        values = (metrics.get(split, {}).get("miou") for split in SPLITS)
        table.add_row(name, *("-" if value is None else f"{value:.4f}" for value in values))
    return table


def _copy(source: Path, target: Path) -> None:
    with atomic_path(target) as partial:
        if source.is_dir():
            shutil.copytree(source, partial)
        else:
            shutil.copyfile(source, partial)


def _plain(name: str) -> str:
    """A stage's name as KFP spells it."""
    return name.replace("_", "-").replace(" ", "-").lower()
