"""Component: step 2.4, coarse labels."""

from kfp.dsl import Artifact, Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def make_coarse_labels(
    dataset: Input[Dataset],
    split: str,
    weights: Input[Model],
    centroids: Input[Artifact],
    curve: Input[Artifact],
    threshold: float,
    config: dict,
    label_maps: Output[Dataset],
    attention: Output[Dataset],
    prompts: Output[Dataset],
    metrics: Output[Metrics],
):
    """Label the pixels of every image of a split, and find its brightest point.

    Args:
        dataset: Pointer to the data set.
        split: train, validation or test.
        weights: Classifier h, whose features and attention are read.
        centroids: Cluster centres.
        curve: What the threshold search wrote.
        threshold: Attention from which a pixel is foreground, unless the settings name one.
        config: Settings of this stage.
        label_maps: Pixel labels: 0 background, else cluster id + 1.
        attention: Foreground maps.
        prompts: Brightest point and label of each image.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics,
        stages.make_coarse_labels(
            dataset.path,
            split,
            weights.path,
            centroids.path,
            curve.path,
            threshold,
            config,
            label_maps.path,
            attention.path,
            prompts.path,
        ),
    )
