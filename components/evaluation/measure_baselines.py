"""Component: scores without any training."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def measure_baselines(
    *,
    dataset: Input[Dataset],
    baselines: Output[Artifact],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "measure_baselines",
        dataset=dataset.path,
        baselines=baselines.path,
    )
    record(metrics, values)
