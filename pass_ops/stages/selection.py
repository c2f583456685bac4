"""Step 3.1: the images that the next classifier is trained on."""

from __future__ import annotations

from dataclasses import field

from pass_ops.config.denoising import SmallLossConfig
from pass_ops.paths import InferredLabelsPath, PointerPath, SelectedLabelsPath
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.stages.inputs import clusters_of
from pass_ops.tracking.tracker import Tracker


@stage(step="3.1", stage_class="post", headline="coverage", named_by="name")
class SelectSmallLoss(Stage):
    """Keep the images whose labels have small losses; relabel those that the classifier is sure of.

    Attributes:
        name: Of the classifier: f or g.
        dataset: Pointer to the data set.
        inferred: Labels and losses that the classifier gave.
        config: Settings of this stage.
        selected: Kept images with label and weight.
    """

    name: str
    dataset: PointerPath
    inferred: InferredLabelsPath
    config: SmallLossConfig
    selected: SelectedLabelsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.clustering.labels import LabelTable
        from pass_ops.denoising.small_loss import select_small_loss

        table = LabelTable.load(self.inferred)
        selection = select_small_loss(table, clusters_of(self.dataset), self.config)
        selection.save(self.selected)
        return {"images": float(len(selection)), "coverage": len(selection) / len(table)}
