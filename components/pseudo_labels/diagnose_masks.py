"""Component: what each step of mask making gains or loses, measured on validation and test
masks.
"""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import post_component


@post_component
def diagnose_masks(
    dataset: Input[Dataset],
    validation_coarse: Input[Dataset],
    validation_crf: Input[Dataset],
    validation_refined: Input[Dataset],
    validation_prompted: Input[Dataset],
    validation_round_1: Input[Dataset],
    validation_round_2: Input[Dataset],
    test_coarse: Input[Dataset],
    test_crf: Input[Dataset],
    test_refined: Input[Dataset],
    test_prompted: Input[Dataset],
    test_round_1: Input[Dataset],
    test_round_2: Input[Dataset],
    quality: Output[Artifact],
    table: Output[Markdown],
    metrics: Output[Metrics],
):
    """Score the label maps of every step; each step's clusters are matched to classes on
    validation.

    Args:
        dataset: Pointer to the data set.
        validation_coarse: Coarse labels of validation.
        validation_crf: Labels after CRF of validation.
        validation_refined: Labels after refinement of validation.
        validation_prompted: Prompted masks of validation.
        validation_round_1: Predictions of the first segmenter of validation.
        validation_round_2: Predictions of the second segmenter of validation.
        test_coarse: Coarse labels of test.
        test_crf: Labels after CRF of test.
        test_refined: Labels after refinement of test.
        test_prompted: Prompted masks of test.
        test_round_1: Predictions of the first segmenter of test.
        test_round_2: Predictions of the second segmenter of test.
        quality: mIoU of both splits, boundary mIoU and F of each step, as JSON.
        table: The same for people.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    steps = {
        "coarse labels": (validation_coarse.path, test_coarse.path),
        "+ CRF": (validation_crf.path, test_crf.path),
        "+ refinement": (validation_refined.path, test_refined.path),
        "prompted masks": (validation_prompted.path, test_prompted.path),
        "round 1": (validation_round_1.path, test_round_1.path),
        "round 2": (validation_round_2.path, test_round_2.path),
    }
    record(metrics, stages.diagnose_masks(dataset.path, steps, quality.path, table.path))
