"""Component: what each step of mask making gains or loses, measured on validation and test
masks.
"""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import stage_component


@stage_component
def diagnose_masks(
    *,
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
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "diagnose_masks",
        dataset=dataset.path,
        validation_coarse=validation_coarse.path,
        validation_crf=validation_crf.path,
        validation_refined=validation_refined.path,
        validation_prompted=validation_prompted.path,
        validation_round_1=validation_round_1.path,
        validation_round_2=validation_round_2.path,
        test_coarse=test_coarse.path,
        test_crf=test_crf.path,
        test_refined=test_refined.path,
        test_prompted=test_prompted.path,
        test_round_1=test_round_1.path,
        test_round_2=test_round_2.path,
        quality=quality.path,
        table=table.path,
    )
    record(metrics, values)
