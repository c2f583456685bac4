"""Trained models from where they are kept."""

from __future__ import annotations

from pathlib import Path

from pass_ops.engine.fetch_model import STAGE
from pass_ops.engine.fetch_model import fetch_model as stage
from pass_ops.engine.stage import run_stage
from pass_ops.stages.base import Metadata


def fetch_model(model_uri: str, weights: str) -> Metadata:
    """Get the weights of a registered model, or those at an address, into the folder `weights`."""
    return run_stage(
        STAGE,
        lambda _: stage(model_uri, Path(weights)),
        {"model_uri": model_uri},
        (weights,),
        "epoch",
    )
