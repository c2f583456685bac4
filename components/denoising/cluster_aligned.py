"""Component: step 2.2, clustering 2, in the label space of clustering 1."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import stage_component


@stage_component
def cluster_aligned(
    *,
    dataset: Input[Dataset],
    weights: Input[Model],
    canonical: Input[Dataset],
    inferred: Input[Dataset],
    config: dict,
    share: str = "",
    features: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "cluster_aligned",
        dataset=dataset.path,
        weights=weights.path,
        canonical=canonical.path,
        inferred=inferred.path,
        config=config,
        share=share,
        features=features.path,
        centroids=centroids.path,
        labels=labels.path,
    )
    record(metrics, values)
