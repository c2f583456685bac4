"""Choice of a promptable segmenter, and its weights from a folder or from S3 (method 16.8)."""

from __future__ import annotations

import os
from pathlib import Path

from pass_ops.config.sam import AutomaticConfig
from pass_ops.errors import ArtifactError, ConfigError, StorageError
from pass_ops.paths import CARD_FILE, WEIGHTS_FILE
from pass_ops.sam.card import parse_sam_card
from pass_ops.sam.interface import PromptableSegmenter
from pass_ops.sam.open import BACK_ENDS, NEEDS_WEIGHTS, open_segmenter
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.pinned import pin_files, place_of

FILES = {"sam": (CARD_FILE, WEIGHTS_FILE), "onnx": ("encoder.onnx", "decoder.onnx")}


def back_end_name(name: str, weights: str) -> str:
    """The back end that a run's settings ask for.

    Args:
        name: one of `BACK_ENDS`; "" for `sam` where there are weights, else `classical`.
        weights: folder or s3:// prefix of its weights; "" for none.

    Raises:
        ConfigError: no such back end, one that lacks its weights, or weights that it would ignore.
    """
    back_end = name or ("sam" if weights else "classical")
    if back_end not in BACK_ENDS:
        raise ConfigError(f"mask_back_end = {name!r} is none of {', '.join(BACK_ENDS)}")
    if back_end in NEEDS_WEIGHTS and not weights:
        raise ConfigError(
            f"mask_back_end = {name!r} needs mask_weights: a folder or s3:// prefix of its weights"
        )
    if back_end not in NEEDS_WEIGHTS and weights:
        raise ConfigError(
            f"mask_back_end = {name!r} takes no mask_weights, but {weights} is given: "
            "leave one of the two out"
        )
    return back_end


def require_weights(back_end: str, weights: str) -> None:
    """Refuse weights that are not there, before a run begins that will need them.

    Args:
        back_end: see `back_end_name`.
        weights: folder or s3:// prefix of its weights, pinned (`storage.pinned`) or not; "" for
            none.

    Raises:
        ArtifactError: no such folder, it lacks a file, or it is of something else.
        StorageError: the server refuses or cannot be reached.
    """
    if back_end not in NEEDS_WEIGHTS:
        return
    weights = place_of(weights)
    place = weights.rstrip("/") if is_s3(weights) else weights
    if not is_s3(weights) and not os.path.isdir(weights):
        raise ArtifactError(f"{weights}: no such folder; it is where mask weights should be")
    missing = [file for file in FILES[back_end] if not _is_there(f"{place}/{file}")]
    if missing:
        raise ArtifactError(
            f"{weights}: lacks {' and '.join(missing)}; give the mask weights of back end "
            f"{back_end}"
        )
    if back_end == "sam":
        card = f"{place}/{CARD_FILE}"
        parse_sam_card(_content(card), weights)


def _is_there(file: str) -> bool:
    """Whether there is a file, on disk or in S3."""
    if not is_s3(file):
        return os.path.isfile(file)
    from pass_ops.storage.s3 import exists

    return exists(file)


def _content(file: str) -> bytes:
    """What a file holds, on disk or in S3."""
    if not is_s3(file):
        return Path(file).read_bytes()
    from pass_ops.storage.s3 import read_bytes

    return read_bytes(file)


def pin_weights(back_end: str, weights: str) -> str:
    """The address of weights with a digest of what they are now; "" for none.

    Args:
        back_end, weights: see `require_weights`.

    Raises:
        ArtifactError: see `require_weights`.
        StorageError: so, or they are others than a digest of the address says.
    """
    return pin_files(weights, FILES[back_end]) if back_end in NEEDS_WEIGHTS else ""


def fetch_segmenter(
    *, name: str, weights: str, cache: Path, automatic: AutomaticConfig | None = None
) -> PromptableSegmenter:
    """Open a back end, its weights fetched from S3 where they are there.

    Args:
        name, weights: see `require_weights`; `classical` takes no weights.
        cache: folder for weights from S3, fetched unless they are in it, and for the embeddings
            that stages share.
        automatic: how `sam` finds masks without prompts.

    Raises:
        ConfigError: see `back_end_name`.
        StorageError: the server refuses, or lacks a file; or the weights have been replaced since
            they were pinned.
        ArtifactError: weights of something else.
    """
    back_end = back_end_name(name, weights)
    place = place_of(weights)
    folder = Path(place) if back_end in NEEDS_WEIGHTS else None
    if folder is not None and is_s3(place):
        folder = _fetched(back_end, weights, cache / "mask-weights")
    elif place != weights:
        pin_weights(back_end, weights)
    return open_segmenter(
        name=back_end, weights=folder, embeddings_folder=cache / "embeddings", automatic=automatic
    )


def _fetched(back_end: str, weights: str, cache: Path) -> Path:
    """The folder of weights from S3, named by what they are.

    Args:
        back_end, weights: see `require_weights`.
        cache: folder of such folders.
    """
    from pass_ops.storage.s3 import download

    pinned = pin_weights(back_end, weights)
    folder = cache / pinned[-64:-48]
    missing = [file for file in FILES[back_end] if not (folder / file).is_file()]
    for file in missing:
        download(f"{place_of(weights).rstrip('/')}/{file}", folder / file)
    if missing:
        # Replaced while they were fetched, they would pass for what the folder's name says.
        try:
            pin_weights(back_end, pinned)
        except StorageError:
            for file in missing:
                (folder / file).unlink()
            raise
    return folder
