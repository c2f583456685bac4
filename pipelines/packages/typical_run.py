"""What the first tasks of a run put out, for a model of the run."""

from __future__ import annotations

import dataclasses
from typing import Any

from components.placement import DEFAULTS
from pass_ops.config.resolve import changed, resolve
from pass_ops.config.settings import CONFIGS, RunInfo

# The one with most settings that are not their defaults.
PROFILE = "imagenet-s919"


def typical_outputs() -> dict[str, Any]:
    """Settings and placement by the names of the outputs that they leave the first tasks by."""
    settings = resolve(profile=PROFILE, seed=31, compat="fixed")
    run = RunInfo(
        data="s3://a-bucket-of-data-sets/imagenet-s919/packed",
        profile=PROFILE,
        seed=31,
        compat="fixed",
        mask_backend="classical",
    )
    changes = {name: changed(kind, settings[name]) for name, kind in CONFIGS.items()}
    digest = "sha256:" + 64 * "0"
    return {
        **changes,
        **DEFAULTS,
        "run": dataclasses.asdict(run),
        "data_uri": f"{run.data}@{digest}",
        "model_uri": "models:/pass/12",
        "mask_weights": f"s3://a-bucket-of-weights/sam@{digest}",
        "cache_epoch": "2026-01",
    }
