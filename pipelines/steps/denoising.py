"""Sub-pipeline: three clusterings and four classifiers, from cluster ids to clean image labels."""

from typing import Any, NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Markdown, Model

from components.denoising.cluster import cluster
from components.denoising.cluster_aligned import cluster_aligned
from components.denoising.cluster_selected import cluster_selected
from components.denoising.diagnose_labels import diagnose_labels
from components.denoising.infer_image_labels import infer_image_labels
from components.denoising.select_by_distance import select_by_distance
from components.denoising.select_small_loss import select_small_loss
from components.denoising.train_classifier import train_classifier
from pipelines.placement.inputs import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    features: Model
    centroids: Artifact
    clusters: Dataset
    image_labels: Dataset
    classifier: Artifact
    quality: Artifact
    table: Markdown


@dsl.pipeline(name="denoising")
@placed
def denoising(
    dataset: Input[Dataset],
    weights: Input[Model],
    cluster_config: dict,
    f_config: dict,
    g_config: dict,
    h_config: dict,
    c_config: dict,
    infer_config: dict,
    small_loss_config: dict,
    distance_config: dict,
    **_placement,
) -> Outputs:
    """Steps 2.2 and 3.1 to 3.3.

    Args:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        cluster_config: Settings of cluster.
        f_config: Settings of classifier f.
        g_config: Settings of classifier g.
        h_config: Settings of classifier h.
        c_config: Settings of classifier c.
        infer_config: Settings of infer_image_labels.
        small_loss_config: Settings of select_small_loss.
        distance_config: Settings of select_by_distance.
    """

    def classify(name: str, labels: Any, given: Any, config: Any) -> tuple[Any, Any]:
        """Train a classifier on `labels`, then label all images with it; `given` are the labels
        that it judges.
        """
        trained = train_classifier(
            name=name, dataset=dataset, labels=labels, weights=weights, config=config
        )
        trained.set_display_name(f"train-classifier-{name}")
        inferred = infer_image_labels(
            name=name,
            dataset=dataset,
            checkpoints=trained.outputs["checkpoints"],
            given=given,
            config=infer_config,
        )
        inferred.set_display_name(f"infer-image-labels-{name}")
        return trained.outputs, inferred.outputs["labels"]

    def select(name: str, inferred: Any) -> Any:
        """What small loss under a classifier keeps."""
        chosen = select_small_loss(
            name=name, dataset=dataset, inferred=inferred, config=small_loss_config
        )
        chosen.set_display_name(f"select-small-loss-{name}")
        return chosen.outputs["selected"]

    first = cluster(dataset=dataset, weights=weights, config=cluster_config).outputs
    _, labels_f = classify("f", first["labels"], first["labels"], f_config)
    selected_f = select("f", labels_f)
    _, labels_g = classify("g", selected_f, labels_f, g_config)
    selected_g = select("g", labels_g)
    trained_h, labels_h = classify("h", selected_g, labels_g, h_config)
    second = cluster_aligned(
        dataset=dataset, weights=trained_h["last"], canonical=first["labels"], config=cluster_config
    ).outputs
    selected_2 = select_by_distance(
        dataset=dataset, labels=second["labels"], config=distance_config
    ).outputs["selected"]
    third = cluster_selected(
        features=second["features"],
        previous=second["centroids"],
        config=cluster_config,
        selection=distance_config,
    ).outputs
    trained_c, labels_c = classify("c", selected_2, second["labels"], c_config)
    judged = diagnose_labels(
        dataset=dataset,
        clustering_1=first["labels"],
        classifier_f=labels_f,
        selected_f=selected_f,
        classifier_g=labels_g,
        selected_g=selected_g,
        classifier_h=labels_h,
        clustering_2=second["labels"],
        selected_2=selected_2,
        clustering_3=third["labels"],
        classifier_c=labels_c,
    ).outputs
    return Outputs(
        features=trained_h["last"],
        centroids=third["centroids"],
        clusters=third["labels"],
        image_labels=labels_c,
        classifier=trained_c["checkpoints"],
        quality=judged["quality"],
        table=judged["table"],
    )
