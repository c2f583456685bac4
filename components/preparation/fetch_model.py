"""Component: weights from a registry."""

from kfp.dsl import Metrics, Model, Output

from components.base import stage_component


@stage_component
def fetch_model(
    *,
    model_uri: str,
    cache_epoch: str,
    weights: Output[Model],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "fetch_model",
        model_uri=model_uri,
        cache_epoch=cache_epoch,
        weights=weights.path,
    )
    record(metrics, values)
