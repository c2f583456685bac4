"""The lists of what the images contain: `build/sbom/NAME.cdx.json`, written when they are built."""

from __future__ import annotations

import json
from pathlib import Path

from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pipelines.images import docker_cli
from pipelines.images.local_images import CLONE
from pipelines.supply_chain import image_contents
from pipelines.supply_chain.lock_files import LOCK_FILES, read_lock_file
from pipelines.supply_chain.sbom import sbom

FOLDER = CLONE / "build" / "sbom"


def write_sbom(*, name: str, identity: str, device: str) -> None:
    """Write the list of an image's contents.

    Args:
        name: of the image: train, post or mlflow.
        identity: the engine's id of it, `sha256:…`.
        device: what the image train computes on: cpu or cuda.

    Raises:
        ConfigError: nothing runs in the image, or its lock file is damaged.
    """
    contents = docker_cli.run_python(identity, Path(image_contents.__file__))
    text = sbom(
        image=f"pass-ops/{name}",
        identity=identity,
        created=docker_cli.created(identity),
        contents=json.loads(contents),
        locked=read_lock_file(LOCK_FILES[f"train ({device})" if name == "train" else name]),
    )
    with atomic_path(FOLDER / f"{name}.cdx.json", ANY_FILE) as partial:
        partial.write_text(text, encoding="utf-8")
