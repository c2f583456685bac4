"""Weights from where models are kept: MLflow's registry, an S3 prefix, or a folder."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pass_ops.errors import ArtifactError
from pass_ops.paths import CARD_FILE, WEIGHTS_FILE, WeightsPath
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reading
from pass_ops.storage.pinned import is_pinned, pin_files, place_of
from pass_ops.tracking.registry import download_model, is_registered, version_address

STAGE = "fetch_model"
FILES = (WEIGHTS_FILE, CARD_FILE)
ADVICE = "give the weights folder of a training stage, or the folder model/ of a run"


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """What a card says of a model's training; see `models.card`, which stands above this part."""

    epoch: int = 0
    metrics: dict[str, float] = field(default_factory=dict)


def pin_model(uri: str) -> str:
    """An address that means for ever the model that `uri` means at present.

    Args:
        uri: see `fetch_model`.

    Returns:
        A registered model's version, `models:/name/3`; else the address with a digest.

    Raises:
        ArtifactError: there are no weights at `uri`.
        StorageError: no such model, a server that refuses, or other weights than a digest of the
            address says.
    """
    if is_registered(uri):
        return version_address(uri)
    if not is_s3(uri):
        place = place_of(uri)
        require_files(folder=Path(place), uri=place, names=FILES, advice=ADVICE)
    return pin_files(uri, FILES)


def fetch_model(uri: str, weights: WeightsPath) -> dict[str, float]:
    """Get a weights folder; what is not one is refused.

    Args:
        uri: `models:/name/3`, `models:/name/champion` or `models:/name@champion` (version or alias
            in MLflow's registry), `s3://bucket/prefix`, or a folder; the last two pinned
            (`storage.pinned`) or not.
        weights: folder to write.

    Returns:
        `epoch` of the weights, and the metrics on their card.

    Raises:
        ArtifactError: there are no weights at `uri`.
        StorageError: no such model, a server that refuses, or weights that have been replaced since
            they were pinned.
    """
    with atomic_path(weights, form_of(WeightsPath)) as folder:
        fetch_files(uri=uri, names=FILES, advice=ADVICE, folder=folder)
        if is_pinned(uri):
            pin_files(uri, FILES)
        with reading(path=uri, what="card of a model", advice="train it again"):
            card = as_record(_Measured, parse_json(read_text(folder / CARD_FILE)))
        return {"epoch": float(card.epoch), **card.metrics}


def fetch_files(*, uri: str, names: Sequence[str], advice: str, folder: Path) -> None:
    """Get files of a model; what lacks them is refused.

    Args:
        uri: see `fetch_model`.
        names: of the files.
        advice: what to give in the place of what lacks some.
        folder: to make, with these files.

    Raises:
        ArtifactError, StorageError: see `fetch_model`.
    """
    place = place_of(uri)
    if is_s3(place):
        from pass_ops.storage.s3 import download

        for name in names:
            download(f"{place.rstrip('/')}/{name}", folder / name)
        return
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(place)
        if is_registered(uri):
            source = Path(scratch) / "model"
            download_model(uri, WeightsPath(source))
        require_files(folder=source, uri=uri, names=names, advice=advice)
        folder.mkdir(parents=True)
        for name in names:
            shutil.copyfile(source / name, folder / name)


def require_files(*, folder: Path, uri: str, names: Sequence[str], advice: str) -> None:
    """Refuse a folder that lacks files of a model.

    Args:
        folder: to look at.
        uri: what the error calls it.
        names: of the files.
        advice: what to give instead.
    """
    if not folder.is_dir():
        raise ArtifactError(
            f"{uri}: no such model; give models:/NAME/VERSION-OR-ALIAS, s3://BUCKET/PREFIX "
            "or a folder"
        )
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ArtifactError(f"{uri}: lacks {' and '.join(missing)}; {advice}")
