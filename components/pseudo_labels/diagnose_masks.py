"""Component: what each step of mask making gains or loses, measured on validation and test
masks.
"""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import stage_component


@stage_component
def diagnose_masks(
    *,
    dataset: Input[Dataset],
    coarse: Input[Dataset],
    crf: Input[Dataset],
    refined: Input[Dataset],
    prompted: Input[Dataset],
    round_1: Input[Dataset],
    round_2: Input[Dataset],
    completed: Input[Dataset],
    quality: Output[Artifact],
    table: Output[Markdown],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "diagnose_masks",
        dataset=dataset.path,
        coarse=coarse.path,
        crf=crf.path,
        refined=refined.path,
        prompted=prompted.path,
        round_1=round_1.path,
        round_2=round_2.path,
        completed=completed.path,
        quality=quality.path,
        table=table.path,
    )
    record(metrics, values)
