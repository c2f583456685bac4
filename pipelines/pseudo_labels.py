"""Sub-pipeline: threshold search, then coarse labels."""

from typing import NamedTuple

from kfp import dsl
from kfp.dsl import Artifact, Dataset, Input, Model

from components.make_coarse_labels import make_coarse_labels
from components.search_threshold import search_threshold
from pipelines.placement import placed


class Outputs(NamedTuple):
    """What the pipeline hands on."""

    label_maps: Dataset
    curve: Artifact


@dsl.pipeline(name="pseudo-labels")
@placed
def pseudo_labels(
    dataset: Input[Dataset],
    weights: Input[Model],
    centroids: Input[Artifact],
    threshold_config: dict,
    coarse_config: dict,
    **_placement,
) -> Outputs:
    """Steps 2.3 and 2.4.

    Args:
        dataset: Pointer to the data set.
        weights: Network of step 2.1.
        centroids: Cluster centres of its descriptors.
        threshold_config: Settings of search_threshold.
        coarse_config: Settings of make_coarse_labels.
    """
    searched = search_threshold(dataset=dataset, weights=weights, centroids=centroids, config=threshold_config)
    coarse = make_coarse_labels(
        dataset=dataset,
        weights=weights,
        centroids=centroids,
        curve=searched.outputs["curve"],
        threshold=searched.outputs["Output"],
        config=coarse_config,
    )
    return Outputs(
        label_maps=coarse.outputs["label_maps"],
        curve=searched.outputs["curve"],
    )
