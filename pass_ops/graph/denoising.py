"""Steps 2.2 and 3: three clusterings and five classifiers, from cluster ids to clean labels."""

from __future__ import annotations

from typing import NamedTuple

from pass_ops.config.classifiers import ClassifierConfig
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
    SelectedLabelsPath,
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

    def classify(
        *,
        name: str,
        labels: ClusterLabelsPath | SelectedLabelsPath,
        given: ClusterLabelsPath | InferredLabelsPath,
        config: ClassifierConfig,
    ) -> tuple[TrainClassifier, InferImageLabels]:
        # It learns `labels`, and judges those that all images were `given`.
        trained = TrainClassifier(
            name=name, dataset=dataset, labels=labels, weights=weights, config=config
        )
        inferred = InferImageLabels(
            name=name,
            dataset=dataset,
            checkpoints=trained.checkpoints,
            given=given,
            config=settings.infer_image_labels,
        )
        return trained, inferred

    def select(name: str, inferred: InferImageLabels) -> SelectSmallLoss:
        return SelectSmallLoss(
            name=name,
            dataset=dataset,
            inferred=inferred.labels,
            config=settings.select_small_loss,
        )

    clustering_1 = Cluster(dataset=dataset, weights=weights, config=settings.cluster)
    _, inferred_f = classify(
        name="f",
        labels=clustering_1.labels,
        given=clustering_1.labels,
        config=settings.train_classifier_f,
    )
    selected_f = select("f", inferred_f)
    _, inferred_g = classify(
        name="g",
        labels=selected_f.selected,
        given=inferred_f.labels,
        config=settings.train_classifier_g,
    )
    selected_g = select("g", inferred_g)
    h, inferred_h = classify(
        name="h",
        labels=selected_g.selected,
        given=inferred_g.labels,
        config=settings.train_classifier_h,
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
    c, inferred_c = classify(
        name="c",
        labels=clustering_3.selected_2,
        given=clustering_2.labels,
        config=settings.train_classifier_c,
    )
    _, inferred_d = classify(
        name="d",
        labels=clustering_3.selected_3,
        given=clustering_3.labels,
        config=settings.train_classifier_c,
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
