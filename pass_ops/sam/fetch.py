"""Weights of a promptable segmenter from a folder or from S3."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pass_ops.config.sam import AutomaticConfig
from pass_ops.errors import ConfigError
from pass_ops.sam.interface import PromptableSegmenter
from pass_ops.sam.open import BACK_ENDS, NEEDS_WEIGHTS, open_segmenter
from pass_ops.storage.s3 import download, is_s3

FILES = {"sam": ("model.json", "model.safetensors"), "onnx": ("encoder.onnx", "decoder.onnx")}


def back_end_name(name: str, weights: str) -> str:
    """The back end that `name` and `weights` ask for: "" is `sam` where there are weights, else
    `classical`.

    Raises:
        ConfigError: no such back end, or one that lacks its weights.
    """
    chosen = name or ("sam" if weights else "classical")
    if chosen not in BACK_ENDS:
        raise ConfigError(f"mask_back_end = {name!r} is none of {', '.join(BACK_ENDS)}")
    if chosen in NEEDS_WEIGHTS and not weights:
        raise ConfigError(
            f"mask_back_end = {name!r} needs mask_weights: a folder or s3:// prefix of its weights"
        )
    return chosen


def fetch_segmenter(
    *, name: str, weights: str, cache: Path, automatic: AutomaticConfig | None = None
) -> PromptableSegmenter:
    """Open the back end, `sam` with the settings `automatic`.

    Weights at an s3:// prefix are fetched to the folder `cache` unless they are there.

    Raises:
        ConfigError: see `back_end_name`.
        StorageError: the server refuses, or lacks a file.
        ArtifactError: weights of something else.
    """
    chosen = back_end_name(name, weights)
    folder = Path(weights) if weights and chosen in FILES else None
    if folder is not None and is_s3(weights):
        folder = cache / "mask-weights" / hashlib.sha256(weights.encode()).hexdigest()[:16]
        for file in FILES[chosen]:
            if not (folder / file).is_file():
                download(f"{weights.rstrip('/')}/{file}", folder / file)
    return open_segmenter(
        name=chosen, weights=folder, shared=cache / "embeddings", automatic=automatic
    )
