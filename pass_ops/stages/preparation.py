"""Settings and data set, checked before anything is trained."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pass_ops.config.resolve import resolve
from pass_ops.engine.stage import data_cache, one_line_errors, run_stage
from pass_ops.sam.fetch import back_end_name
from pass_ops.stages.base import Metadata, Settings


def resolve_config(
    data_uri: str,
    profile: str,
    overrides: Settings,
    seed: int,
    compat: str,
    mask_back_end: str,
    mask_weights: str,
) -> dict[str, dict[str, Any]]:
    """One dictionary of settings per stage, and `run`, which names what is run."""
    with one_line_errors():
        settings = resolve(profile, overrides, seed, compat)
        chosen = back_end_name(mask_back_end, mask_weights)
    run = {
        "data": data_uri,
        "profile": profile,
        "seed": seed,
        "compat": compat,
        "mask_backend": chosen,
    }
    return {"run": run, **settings}


def validate_data(data_uri: str, dataset: str) -> Metadata:
    """Check the data set at `data_uri`; write the pointer `dataset`."""
    from pass_ops.data.packing.check import check_data

    def body(_: object) -> Mapping[str, float]:
        return check_data(data_uri, data_cache(), Path(dataset))

    return run_stage("validate_data", body, {"data_uri": data_uri}, (dataset,), "images")
