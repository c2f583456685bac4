"""A model's folder, exported from drawn weights and the evaluation of perfect predictions."""

from __future__ import annotations

from pathlib import Path

from safetensors.numpy import save_file

from pass_ops.config.evaluation import EvaluationConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.ground_truth import open_ground_truth
from pass_ops.data.images import open_images
from pass_ops.data.locate import locate
from pass_ops.evaluation.report.evaluate_split import evaluate_split
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.split_page import load_metrics
from pass_ops.export.export_model import export_model
from pass_ops.models.card import card_text
from pass_ops.tracking.tracker import NullTracker
from tests.evaluation.predictions import renamed, write_labels
from tests.export.networks import drawn_segmenter

PREDICTION = PredictionConfig(sizes=(64, 96), max_resolution=120)


def write_weights(folder: Path, network: NetworkConfig, classes: int) -> Path:
    """A weights folder of drawn weights."""
    arrays, card = drawn_segmenter(network, classes)
    folder.mkdir(parents=True)
    save_file(arrays, folder / "model.safetensors")
    (folder / "model.json").write_text(card_text(card))
    return folder


def export_example(
    *, root: Path, data: Path, network: NetworkConfig, prediction: PredictionConfig = PREDICTION
) -> Path:
    """Export a model.

    Args:
        root: folder for it and for what it is made from.
        data: the synthetic set, of six classes.
        network: sizes of the backbone.
        prediction: with which it labels images.
    """
    pointer, matching = locate(str(data)), None
    for split in ("validation", "test"):
        truth = open_ground_truth(pointer, split, root / "cache")
        write_labels(root / f"{split} labels", renamed(truth))
        evaluate_split(
            split=split,
            images=open_images(pointer, split, root / "cache"),
            truth=truth,
            predictions=root / f"{split} labels",
            config=EvaluationConfig(),
            matching=matching,
            evaluation=root / split,
            exported=root / f"{split} exported",
            tracker=NullTracker(),
        )
        matching = root / "validation"
    result = Result(
        profile="smoke",
        data="s3://pass-data/shapes",
        seed=31,
        compat="fixed",
        mask_backend="classical",
        validation=load_metrics(root / "validation"),
        test=load_metrics(root / "test"),
        selection={"checkpoint": "validation masks"},
        overrides={"pretrain.epochs": 3},
        commit="0123456789ab",
    )
    export_model(
        weights=write_weights(root / "weights", network, 7),
        prediction=prediction,
        dataset=pointer,
        result=result,
        scores_by_seed={"31": result.scores()},
        validation=root / "validation",
        test=root / "test",
        model=root / "model",
    )
    return root / "model"
