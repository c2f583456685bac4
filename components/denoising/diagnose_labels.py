"""Component: how right the image labels are after each step. It reads the class folders, so nothing
is trained on it.
"""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import stage_component


@stage_component
def diagnose_labels(
    *,
    dataset: Input[Dataset],
    clustering_1: Input[Dataset],
    classifier_f: Input[Dataset],
    selected_f: Input[Dataset],
    classifier_g: Input[Dataset],
    selected_g: Input[Dataset],
    classifier_h: Input[Dataset],
    clustering_2: Input[Dataset],
    selected_2: Input[Dataset],
    classifier_c: Input[Dataset],
    clustering_3: Input[Dataset],
    selected_3: Input[Dataset],
    classifier_d: Input[Dataset],
    quality: Output[Artifact],
    table: Output[Markdown],
    metrics: Output[Metrics],
):
    from pass_ops.engine.stage import record
    from pass_ops.stages.run import run_stage

    values = run_stage(
        "diagnose_labels",
        dataset=dataset.path,
        clustering_1=clustering_1.path,
        classifier_f=classifier_f.path,
        selected_f=selected_f.path,
        classifier_g=classifier_g.path,
        selected_g=selected_g.path,
        classifier_h=classifier_h.path,
        clustering_2=clustering_2.path,
        selected_2=selected_2.path,
        classifier_c=classifier_c.path,
        clustering_3=clustering_3.path,
        selected_3=selected_3.path,
        classifier_d=classifier_d.path,
        quality=quality.path,
        table=table.path,
    )
    record(metrics, values)
