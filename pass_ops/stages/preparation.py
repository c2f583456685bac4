"""Data sets and registered models: what is looked at before anything is trained."""

from __future__ import annotations

from dataclasses import field

from pass_ops.engine.stage import data_cache
from pass_ops.paths import PointerPath, SegmenterWeightsPath
from pass_ops.stages.declaration import Metrics, Stage, stage
from pass_ops.tracking.tracker import Tracker


@stage(step="", stage_class="post", headline="images")
class ValidateData(Stage):
    """Decode every image and mask of a data set; every problem is logged with its file.

    Attributes:
        data_uri: Packed data set (s3://bucket/prefix), or folder of images.
        cache_epoch: Period of the run, for the key of KFP's cache alone.
        dataset: Pointer to the data set: URI, digest, counts.
    """

    data_uri: str
    cache_epoch: str
    dataset: PointerPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.data.packing.check import check_data

        return check_data(self.data_uri, data_cache(), self.dataset)


@stage(step="", stage_class="post", headline="epoch")
class FetchModel(Stage):
    """Get a trained model from where models are kept.

    Attributes:
        model_uri: models:/NAME/VERSION-OR-ALIAS in MLflow's registry, s3://bucket/prefix, or a
            folder.
        cache_epoch: Period of the run, for the key of KFP's cache alone.
        weights: The model.
    """

    model_uri: str
    cache_epoch: str
    weights: SegmenterWeightsPath = field(init=False)

    def run(self, tracker: Tracker) -> Metrics:
        from pass_ops.engine.fetch_model import fetch_model

        return fetch_model(self.model_uri, self.weights)
