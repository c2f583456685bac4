"""A model's folder, exported from drawn weights and the evaluation of perfect predictions."""

from __future__ import annotations

from pathlib import Path

from safetensors.numpy import save_file

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.locate import locate
from pass_ops.evaluation.report.result import Result
from pass_ops.evaluation.report.split_page import load_metrics
from pass_ops.export.export_model import export_model
from pass_ops.models.card import card_text
from tests.evaluation.predictions import renamed
from tests.evaluation.written_run import open_splits, write_evaluations
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
    pointer = locate(str(data))
    splits = open_splits(pointer, root / "cache")
    labels = {name: renamed(split.truth) for name, split in splits.items()}
    write_evaluations(splits=splits, labels=labels, folder=root)
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
