"""Component: weights from a registry."""

from kfp.dsl import Metrics, Model, Output

from components.base import post_component


@post_component
def fetch_model(
    model_uri: str,
    weights: Output[Model],
    metrics: Output[Metrics],
):
    """Get a trained model.

    Args:
        model_uri: models:/NAME/VERSION-OR-ALIAS in MLflow's registry, s3://bucket/prefix, or a
            folder.
        weights: The model.
        metrics: Its epoch and its figures, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.fetch_model(model_uri, weights.path))
