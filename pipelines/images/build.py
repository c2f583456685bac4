"""Build the images: `python -m pipelines.images.build --help`, or `make images`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import typer

from pass_ops.errors import ConfigError
from pass_ops.program import run_program
from pipelines.images import docker_cli, pin
from pipelines.images.base_image import base_image
from pipelines.images.image_sbom import FOLDER, write_sbom
from pipelines.images.local_images import CLONE, LOCAL_LOCK, SOURCE, source_of_images
from pipelines.images.lock import read_lock, write_lock

NAMES = ("train", "post", "mlflow")
Device = Literal["cpu", "cuda"]


@dataclass(frozen=True, kw_only=True)
class BuiltImage:
    """An image, how long it took and how large it is.

    Attributes:
        name: of its folder in `images/`.
        identity: the engine's id of it, `sha256:…`.
        seconds: of the build.
        size: of its layers, in bytes.
    """

    name: str
    identity: str
    seconds: float
    size: int

    def reference(self, registry: str, device: str) -> str:
        """`repository:tag`, the tag of which names device and content.

        Args:
            registry: `host/path` that it is pushed to; empty for this machine alone.
            device: cpu or cuda.
        """
        content = self.identity.removeprefix("sha256:")[:12]
        return f"{registry or 'pass-ops'}/{self.name}:{device}-{content}"


def build_image(*, name: str, device: str, base: str) -> BuiltImage:
    """Build one image.

    Args:
        name, device, base: as for `base_image`.

    Raises:
        ConfigError: no base image, or the build failed.
    """
    start = time.monotonic()
    arguments = {"BASE_IMAGE": base_image(name=name, device=device, base=base)}
    if name == "train":
        arguments["DEVICE"] = device
    if index := os.environ.get("PIP_INDEX_URL"):
        arguments["PIP_INDEX_URL"] = index
    identity = docker_cli.build(
        dockerfile=CLONE / "images" / name / "Dockerfile",
        context=CLONE,
        arguments=arguments,
        certificates=_certificates(),
    )
    return BuiltImage(
        name=name,
        identity=identity,
        seconds=time.monotonic() - start,
        size=docker_cli.size(identity),
    )


def build_all(*, names: Sequence[str], device: str, base: str, registry: str) -> None:
    """Build images, list their contents, push them where a registry is named, write the lock and
    print a table.

    Args:
        names: of the images.
        device, base: as for `base_image`.
        registry: `host/path`; if empty, the images stay here and `build/images.lock` names them.

    Raises:
        ConfigError: see `build_image`; the registry refuses.
    """
    images = [build_image(name=name, device=device, base=base) for name in names]
    for image in images:
        write_sbom(name=image.name, identity=image.identity, device=device)
    references = {}
    for image in images:
        reference = image.reference(registry, device)
        docker_cli.tag(image.identity, reference)
        references[image.name] = docker_cli.push(reference) if registry else reference
    lock = pin.LOCK if registry else LOCAL_LOCK
    before = read_lock(lock)
    if not registry:
        references[SOURCE] = source_of_images()
        # Images of other code are of no use beside the new ones.
        before = before if before.get(SOURCE) == references[SOURCE] else {}
    write_lock(lock, before | references)
    for image in images:
        cost = f"{image.seconds:6.0f} s  {image.size / 1e6:7.0f} MB"
        print(f"{image.name:<8}{cost}  {references[image.name]}")
    print(f"{lock}: written; what the images contain: {FOLDER}/")


def build(
    *,
    names: Annotated[list[str] | None, typer.Argument(help="Which. [default: all]")] = None,
    device: Annotated[Device, typer.Option(help="What the image train computes on.")] = "cuda",
    base: Annotated[
        str, typer.Option(help="Base image, in place of those in the Dockerfiles.")
    ] = "",
    registry: Annotated[
        str,
        typer.Option(
            metavar="REGISTRY",
            help="Push to REGISTRY/NAME and write the digests to images/images.lock.",
        ),
    ] = "",
) -> None:
    """Build the images."""
    if unknown := sorted(set(names or ()) - set(NAMES)):
        raise ConfigError(f"no image {', '.join(unknown)}: name some of {', '.join(NAMES)}")
    build_all(names=names or NAMES, device=device, base=base, registry=registry)


def main(arguments: Sequence[str]) -> int:
    """Build as the command line says; returns the exit status."""
    return run_program(build, arguments, "python -m pipelines.images.build")


def _certificates() -> str | None:
    """The file of certificates that pip is told to trust here, for pip in the build; None: none."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.cert"]
    configured = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return os.environ.get("PIP_CERT") or configured or os.environ.get("SSL_CERT_FILE")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
