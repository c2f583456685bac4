"""Component: step 2.2, clustering 3, of the images that the distances of clustering 2 trust."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Output

from components.base import stage_component


@stage_component
def cluster_selected(
    *,
    features: Input[Dataset],
    previous: Input[Artifact],
    config: dict,
    selection: dict,
    selected_2: Output[Dataset],
    selected_3: Output[Dataset],
    centroids: Output[Artifact],
    labels: Output[Dataset],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "cluster_selected",
        features=features.path,
        previous=previous.path,
        config=config,
        selection=selection,
        selected_2=selected_2.path,
        selected_3=selected_3.path,
        centroids=centroids.path,
        labels=labels.path,
    )
    record(metrics, values)
