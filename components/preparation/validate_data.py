"""Component: check a data set, and point to it."""

from kfp.dsl import Dataset, Metrics, Output

from components.base import post_component


@post_component
def validate_data(
    data_uri: str,
    dataset: Output[Dataset],
    metrics: Output[Metrics],
):
    """Decode every image and mask of a data set; every problem is logged with its file.

    Args:
        data_uri: Packed data set (s3://bucket/prefix), or folder in ImageNet-S layout.
        dataset: Pointer to the data set: URI, digest, counts.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.validate_data(data_uri, dataset.path))
