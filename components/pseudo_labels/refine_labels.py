"""Component: step 4.3, refinement by masks of everything."""

from kfp.dsl import Dataset, Input, Metrics, Output

from components.base import post_component


@post_component
def refine_labels(
    split: str,
    label_maps: Input[Dataset],
    regions: Input[Dataset],
    config: dict,
    output: Output[Dataset],
    metrics: Output[Metrics],
):
    """Give label maps the outlines of masks.

    Args:
        split: train, validation or test, for the stage's name.
        label_maps: Labels after CRF.
        regions: Masks of the same images.
        config: Settings of this stage.
        output: Label maps.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    record(metrics, stages.refine_labels(split, label_maps.path, regions.path, config, output.path))
