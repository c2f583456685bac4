"""The evaluation components in KFP's local runner: what the KFP UI is given to show."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from kfp import components, dsl, local

from components.evaluation.evaluate_validation import evaluate_validation
from pass_ops.data.synthetic.dataset import NAMES
from pipelines.compile import compile_pipeline


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def predict_truth(
    data: str, dataset: dsl.Output[dsl.Dataset], predictions: dsl.Output[dsl.Dataset]
) -> None:
    from pathlib import Path

    import numpy as np

    from pass_ops.data.ground_truth import open_ground_truth
    from pass_ops.data.label_maps.writer import LabelMapWriter
    from pass_ops.data.locate import locate

    locate(data).save(Path(dataset.path))
    truth = open_ground_truth(locate(data), "validation", Path(dataset.path).parent)
    with LabelMapWriter(Path(predictions.path)) as writer:
        for key in truth.keys:
            writer.write(
                key, np.where(truth.mask(key) == 1000, 0, truth.mask(key)).astype(np.int32)
            )


class Outputs(NamedTuple):
    confusion: dsl.ClassificationMetrics
    page: dsl.HTML
    summary: dsl.Markdown
    metrics: dsl.Metrics


@dsl.pipeline(name="scores")
def scores(data: str) -> Outputs:
    made = predict_truth(data=data)
    found = evaluate_validation(
        dataset=made.outputs["dataset"], predicted_maps=made.outputs["predictions"], config={}
    )
    return Outputs(**{name: found.outputs[name] for name in Outputs._fields})


@pytest.fixture(scope="module")
def outputs(synthetic_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("kfp")
    compile_pipeline(scores, root / "scores.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        local.init(local.SubprocessRunner(use_venv=False), pipeline_root=str(root / "outputs"))
        task = components.load_component_from_file(str(root / "scores.yaml"))(
            data=str(synthetic_data)
        )
    return dict(task.outputs)


def test_the_confusion_matrix_is_shown_as_kfp_wants_it(outputs: dict[str, Any]) -> None:
    matrix = outputs["confusion"].metadata["confusionMatrix"]
    names = [spec["displayName"] for spec in matrix["annotationSpecs"]]
    assert names == ["background", *NAMES]
    rows = [row["row"] for row in matrix["rows"]]
    assert all(
        (value > 0) == (row == column)
        for row, values in enumerate(rows)
        for column, value in enumerate(values)
    )


def test_page_and_table_are_whole(outputs: dict[str, Any]) -> None:
    assert "<svg" in Path(outputs["page"].path).read_text()
    assert "| mIoU | 1.000 |" in Path(outputs["summary"].path).read_text()


def test_the_figures_are_metadata(outputs: dict[str, Any]) -> None:
    assert outputs["metrics"].metadata["validation/miou"] == pytest.approx(1)
    assert json.loads(Path(outputs["metrics"].path).read_text())["figure"] == "validation/miou 1"
