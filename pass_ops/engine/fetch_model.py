"""Weights from where models are kept: MLflow's registry, an S3 prefix, or a folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pass_ops.errors import ArtifactError
from pass_ops.paths import WeightsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reading
from pass_ops.storage.s3 import download, is_s3
from pass_ops.tracking.registry import download_model, is_registered

STAGE = "fetch_model"
FILES = ("model.safetensors", "model.json")


def fetch_model(uri: str, weights: WeightsPath) -> dict[str, float]:
    """Get a weights folder; what is not one is refused.

    Args:
        uri: `models:/name/3`, `models:/name/champion` or `models:/name@champion` (version or alias
            in MLflow's registry), `s3://bucket/prefix`, or a folder.
        weights: folder to write.

    Returns:
        `epoch` of the weights, and the metrics on their card.

    Raises:
        ArtifactError: there are no weights at `uri`.
        StorageError: no such model, or a server that refuses.
    """
    with atomic_path(weights, form_of(WeightsPath)) as folder:
        if is_registered(uri):
            download_model(uri, folder)
        elif is_s3(uri):
            for name in FILES:
                download(f"{uri.rstrip('/')}/{name}", folder / name)
        elif Path(uri).is_dir():
            folder.mkdir()
            for name in FILES:
                if (Path(uri) / name).is_file():
                    shutil.copyfile(Path(uri) / name, folder / name)
        else:
            raise ArtifactError(
                f"{uri}: no such model; give models:/NAME/VERSION-OR-ALIAS, s3://BUCKET/PREFIX "
                "or a folder"
            )
        missing = [name for name in FILES if not (folder / name).is_file()]
        if missing:
            raise ArtifactError(
                f"{uri}: lacks {' and '.join(missing)}; give the weights folder of a training stage"
            )
        with reading(path=uri, what="card of a model", advice="train it again"):
            card = json.loads(read_text(folder / "model.json"))
            return {
                "epoch": float(card.get("epoch", 0)),
                **{name: float(value) for name, value in card.get("metrics", {}).items()},
            }
