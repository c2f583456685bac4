"""A small pipeline with what a local run must cope with.

It has progress lines, nesting, artifacts and a stage that fails. `python
tests/pipelines/local/toy.py ARGUMENTS` runs it as `python -m pipelines.local.run ARGUMENTS` runs
the training pipeline.
"""

import sys
from typing import NamedTuple

from kfp import dsl

from pipelines.local.run import main


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def pretrain(
    *,
    images: int,
    seconds: float,
    weights: dsl.Output[dsl.Artifact],
    metrics: dsl.Output[dsl.Metrics],
) -> None:
    """Work through images for two epochs.

    Args:
        images: how many.
        seconds: that it takes.
        weights: a file of one word.
        metrics: of the stage.
    """
    import time
    from pathlib import Path

    from pass_ops.engine.progress import Progress
    from pass_ops.engine.stage import record
    from pass_ops.tracking.mlflow import open_run

    progress = Progress("pretrain", images, interval=0)
    with open_run("pretrain") as tracker:
        for epoch in range(2):
            time.sleep(seconds / 2)
            progress.advance(images // 2, f"epoch {epoch + 1}/2")
            tracker.metrics({"loss": 1.0 / (epoch + 1)}, step=epoch)
    Path(weights.path).write_text("weights")
    record(
        metrics, {"stage": "pretrain", "seconds": 1.5, "peak_rss_mb": 120.0, "figure": "loss 0.5"}
    )


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def evaluate(
    *,
    weights: dsl.Input[dsl.Artifact],
    fail: bool,
    metrics: dsl.Output[dsl.Metrics],
    result: dsl.Output[dsl.Artifact],
    report: dsl.Output[dsl.HTML],
    validation_predictions: dsl.Output[dsl.Dataset],
    test_predictions: dsl.Output[dsl.Dataset],
) -> None:
    """Write scores, a report and predictions, or fail.

    Args:
        weights: become the predictions.
        fail: whether to fail.
        metrics: of the stage.
        result: a `result.json`.
        report: a page.
        validation_predictions, test_predictions: folders of one file.
    """
    import json
    from pathlib import Path

    from pass_ops.engine.stage import record
    from pass_ops.tracking.mlflow import open_run

    if fail:
        print("matching clusters")
        raise ValueError("no cluster matches class 3; train longer")
    record(
        metrics,
        {"stage": "evaluate", "seconds": 0.5, "peak_rss_mb": 90.0, "figure": "test mIoU 0.2"},
    )
    with open_run("evaluate") as tracker:
        tracker.parent.metrics({"test/miou": 0.2})
    scores = {"validation": {"miou": 0.25, "acc": None}, "test": {"miou": 0.2}}
    baselines = {"all background": {"validation": {"miou": 0.07}, "test": {"miou": 0.06}}}
    learning = [{"features": "untrained", "kmeans_accuracy": 0.2, "knn_accuracy": 0.35}]
    run = {"profile": "toy", "seed": 31, "compat": "fixed", "data": "s3://", "mask_backend": "none"}
    content = {**run, **scores, "baselines": baselines, "learning": learning}
    Path(result.path).write_text(json.dumps(content))
    Path(report.path).write_text("<p>report</p>")
    for predictions in (validation_predictions, test_predictions):
        Path(predictions.path).mkdir()
        Path(predictions.path, "a.png").write_bytes(Path(weights.path).read_bytes())


@dsl.component(base_image="python:3.11", install_kfp_package=False)
def resolve_config(
    *,
    overrides: dict,
    images: dsl.OutputPath(int),
    seconds: dsl.OutputPath(float),
    fail: dsl.OutputPath(bool),
) -> None:
    """Decide how the other stages are to behave.

    Args:
        overrides: may hold the others by name.
        images, seconds: of `pretrain`.
        fail: of `evaluate`.
    """
    from pathlib import Path

    Path(images).write_text(str(int(overrides.get("images", 10))))
    Path(seconds).write_text(str(overrides.get("seconds", 0.0)))
    Path(fail).write_text(str(bool(overrides.get("fail", False))))


@dsl.pipeline(name="representation")
def representation(images: int, seconds: float) -> dsl.Artifact:
    """A pipeline within the pipeline.

    Args:
        images, seconds: of `pretrain`.
    """
    return pretrain(images=images, seconds=seconds).outputs["weights"]


class Outputs(NamedTuple):
    """What the pipeline hands on, as the training pipeline does."""

    result: dsl.Artifact
    report: dsl.HTML
    validation_predictions: dsl.Dataset
    test_predictions: dsl.Dataset


# Not by keyword alone: KFP 2.17.0 calls a pipeline's function with its inputs by position.
@dsl.pipeline(name="toy")
def toy_pipeline(
    data_uri: str,  # noqa: ARG001
    profile: str,  # noqa: ARG001
    seed: int,  # noqa: ARG001
    compat: str,  # noqa: ARG001
    overrides: dict,
    mask_back_end: str = "",  # noqa: ARG001
    mask_weights: str = "",  # noqa: ARG001
) -> Outputs:
    """Take what the training pipeline takes.

    Args:
        overrides: see `resolve_config`.
        data_uri, profile, seed, compat, mask_back_end, mask_weights: not looked at.
    """
    config = resolve_config(overrides=overrides)
    first = representation(images=config.outputs["images"], seconds=config.outputs["seconds"])
    last = evaluate(weights=first.output, fail=config.outputs["fail"])
    return Outputs(**{name: last.outputs[name] for name in Outputs._fields})


if __name__ == "__main__":
    sys.exit(main(toy_pipeline, sys.argv[1:], check=lambda _: None))
