"""Component: how right the image labels are after each step. It reads the class folders, so nothing
is trained on it.
"""

from kfp.dsl import Artifact, Dataset, Input, Markdown, Metrics, Output

from components.base import post_component


@post_component
def diagnose_labels(
    dataset: Input[Dataset],
    clustering_1: Input[Dataset],
    classifier_f: Input[Dataset],
    selected_f: Input[Dataset],
    classifier_g: Input[Dataset],
    selected_g: Input[Dataset],
    classifier_h: Input[Dataset],
    clustering_2: Input[Dataset],
    selected_2: Input[Dataset],
    clustering_3: Input[Dataset],
    classifier_c: Input[Dataset],
    quality: Output[Artifact],
    table: Output[Markdown],
    metrics: Output[Metrics],
):
    """Compare image labels with class folders.

    Args:
        dataset: Pointer to the data set.
        clustering_1: Labels of clustering 1.
        classifier_f: Labels that f infers.
        selected_f: What small loss under f keeps.
        classifier_g: Labels that g infers.
        selected_g: What small loss under g keeps.
        classifier_h: Labels that h infers.
        clustering_2: Labels of clustering 2.
        selected_2: What distances in clustering 2 keep.
        clustering_3: Labels of clustering 3.
        classifier_c: Labels that c infers, the final ones.
        quality: Images, coverage, accuracy and NMI of each step, as JSON.
        table: The same for people.
        metrics: Figures of the stage, seconds, peak memory.
    """
    from pass_ops import stages
    from pass_ops.engine.stage import record

    steps = {
        "clustering 1": clustering_1.path,
        "after f": classifier_f.path,
        "selected by f": selected_f.path,
        "after g": classifier_g.path,
        "selected by g": selected_g.path,
        "after h": classifier_h.path,
        "clustering 2": clustering_2.path,
        "selected by distance": selected_2.path,
        "clustering 3": clustering_3.path,
        "after c": classifier_c.path,
    }
    record(metrics, stages.diagnose_labels(dataset.path, steps, quality.path, table.path))
