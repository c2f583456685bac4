"""Choice of a promptable segmenter, and its weights from a folder or from S3 (method 16.8)."""

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
    """The back end that a run's settings ask for.

    Args:
        name: one of `BACK_ENDS`; "" for `sam` where there are weights, else `classical`.
        weights: folder or s3:// prefix of its weights; "" for none.

    Raises:
        ConfigError: no such back end, or one that lacks its weights.
    """
    back_end = name or ("sam" if weights else "classical")
    if back_end not in BACK_ENDS:
        raise ConfigError(f"mask_back_end = {name!r} is none of {', '.join(BACK_ENDS)}")
    if back_end in NEEDS_WEIGHTS and not weights:
        raise ConfigError(
            f"mask_back_end = {name!r} needs mask_weights: a folder or s3:// prefix of its weights"
        )
    return back_end


def fetch_segmenter(
    *, name: str, weights: str, cache: Path, automatic: AutomaticConfig | None = None
) -> PromptableSegmenter:
    """Open a back end, its weights fetched from S3 where they are there.

    Args:
        name, weights: see `back_end_name`; `classical` needs no weights and takes none.
        cache: folder for weights from S3, fetched unless they are in it, and for the embeddings
            that stages share.
        automatic: how `sam` finds masks without prompts.

    Raises:
        ConfigError: see `back_end_name`.
        StorageError: the server refuses, or lacks a file.
        ArtifactError: weights of something else.
    """
    back_end = back_end_name(name, weights)
    folder = Path(weights) if back_end in NEEDS_WEIGHTS else None
    if folder is not None and is_s3(weights):
        folder = cache / "mask-weights" / hashlib.sha256(weights.encode()).hexdigest()[:16]
        for file in FILES[back_end]:
            if not (folder / file).is_file():
                download(f"{weights.rstrip('/')}/{file}", folder / file)
    return open_segmenter(
        name=back_end, weights=folder, embeddings_folder=cache / "embeddings", automatic=automatic
    )
