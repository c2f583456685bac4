"""Component: step 6.2, prediction."""

from kfp.dsl import Dataset, Input, Metrics, Model, Output

from components.base import infer_component


@infer_component
def predict(
    name: str,
    dataset: Input[Dataset],
    split: str,
    weights: Input[Model],
    config: dict,
    label_maps: Output[Dataset],
    metrics: Output[Metrics],
):
    """Label every image of a split.

    Args:
        name: Tells the uses of this stage apart: validation, test, train_round_1, …
        dataset: Pointer to the data set.
        split: train, validation or test.
        weights: A segmenter.
        config: Settings of this stage.
        label_maps: Labels: 0 background, else cluster id + 1.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(
        metrics, stages.predict(name, dataset.path, split, weights.path, config, label_maps.path)
    )
