"""Component: check a data set, and point to it."""

from kfp.dsl import Dataset, Metrics, Output

from components.base import stage_component


@stage_component
def validate_data(
    *,
    data_uri: str,
    cache_epoch: str,
    dataset: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "validate_data",
        data_uri=data_uri,
        cache_epoch=cache_epoch,
        dataset=dataset.path,
    )
    record(metrics, values)
