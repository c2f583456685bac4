"""Steps 2.2 and 3: three clusterings and five classifiers, from cluster ids to clean labels."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.settings import Settings
from pass_ops.paths import (
    AttentionWeightsPath,
    CentroidsPath,
    ClassifierCheckpointsPath,
    ClassifierWeightsPath,
    ClusterLabelsPath,
    InferredLabelsPath,
    LabelQualityPath,
    PointerPath,
)
from pass_ops.stages import (
    Cluster,
    ClusterAligned,
    ClusterSelected,
    DiagnoseLabels,
    InferImageLabels,
    SelectSmallLoss,
    TrainClassifier,
)
from pass_ops.stages.builder import box


class Denoising(NamedTuple):
    """What label denoising hands on.

    Attributes:
        features: classifier h, whose features and attention label pixels.
        centroids, clusters: of clustering 3.
        image_labels_round_1: those that c learned from clustering 2.
        image_labels_round_2: those that d learned from clustering 3.
        classifier: checkpoints of c.
        quality: how right the labels were after each step.
    """

    features: ClassifierWeightsPath
    centroids: CentroidsPath
    clusters: ClusterLabelsPath
    image_labels_round_1: InferredLabelsPath
    image_labels_round_2: InferredLabelsPath
    classifier: ClassifierCheckpointsPath
    quality: LabelQualityPath


@box
def denoising(
    *, dataset: PointerPath, weights: AttentionWeightsPath, settings: Settings
) -> Denoising:
    """Steps 2.2 and 3.1 to 3.3.

    Args:
        dataset: Pointer to the data set.
        weights: Network of step 2.1, from which all classifiers start.
        settings: Of all stages.
    """
    clustering_1 = Cluster(dataset=dataset, weights=weights, config=settings.cluster)
    f = TrainClassifier(
        name="f",
        dataset=dataset,
        labels=clustering_1.labels,
        weights=weights,
        config=settings.train_classifier_f,
    )
    inferred_f = InferImageLabels(
        name="f",
        dataset=dataset,
        checkpoints=f.checkpoints,
        given=clustering_1.labels,
        config=settings.infer_image_labels,
    )
    selected_f = SelectSmallLoss(
        name="f",
        dataset=dataset,
        inferred=inferred_f.labels,
        config=settings.select_small_loss,
    )
    g = TrainClassifier(
        name="g",
        dataset=dataset,
        labels=selected_f.selected,
        weights=weights,
        config=settings.train_classifier_g,
    )
    inferred_g = InferImageLabels(
        name="g",
        dataset=dataset,
        checkpoints=g.checkpoints,
        given=inferred_f.labels,
        config=settings.infer_image_labels,
    )
    selected_g = SelectSmallLoss(
        name="g",
        dataset=dataset,
        inferred=inferred_g.labels,
        config=settings.select_small_loss,
    )
    h = TrainClassifier(
        name="h",
        dataset=dataset,
        labels=selected_g.selected,
        weights=weights,
        config=settings.train_classifier_h,
    )
    inferred_h = InferImageLabels(
        name="h",
        dataset=dataset,
        checkpoints=h.checkpoints,
        given=inferred_g.labels,
        config=settings.infer_image_labels,
    )
    clustering_2 = ClusterAligned(
        dataset=dataset,
        weights=h.last,
        canonical=clustering_1.labels,
        inferred=inferred_h.labels,
        config=settings.cluster,
    )
    clustering_3 = ClusterSelected(
        features=clustering_2.features,
        previous=clustering_2.centroids,
        config=settings.cluster,
        selection=settings.select_by_distance,
    )
    c = TrainClassifier(
        name="c",
        dataset=dataset,
        labels=clustering_3.selected_2,
        weights=weights,
        config=settings.train_classifier_c,
    )
    inferred_c = InferImageLabels(
        name="c",
        dataset=dataset,
        checkpoints=c.checkpoints,
        given=clustering_2.labels,
        config=settings.infer_image_labels,
    )
    d = TrainClassifier(
        name="d",
        dataset=dataset,
        labels=clustering_3.selected_3,
        weights=weights,
        config=settings.train_classifier_c,
    )
    inferred_d = InferImageLabels(
        name="d",
        dataset=dataset,
        checkpoints=d.checkpoints,
        given=clustering_3.labels,
        config=settings.infer_image_labels,
    )
    diagnosis = DiagnoseLabels(
        dataset=dataset,
        clustering_1=clustering_1.labels,
        classifier_f=inferred_f.labels,
        selected_f=selected_f.selected,
        classifier_g=inferred_g.labels,
        selected_g=selected_g.selected,
        classifier_h=inferred_h.labels,
        clustering_2=clustering_2.labels,
        selected_2=clustering_3.selected_2,
        classifier_c=inferred_c.labels,
        clustering_3=clustering_3.labels,
        selected_3=clustering_3.selected_3,
        classifier_d=inferred_d.labels,
    )
    return Denoising(
        features=h.last,
        centroids=clustering_3.centroids,
        clusters=clustering_3.labels,
        image_labels_round_1=inferred_c.labels,
        image_labels_round_2=inferred_d.labels,
        classifier=c.checkpoints,
        quality=diagnosis.quality,
    )
