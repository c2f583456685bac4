"""Build the images: `python -m pipelines.images.build --help`, or `make images`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from pass_ops.errors import ConfigError, PassError
from pipelines.images import engine
from pipelines.images.lock import read_lock, write_lock
from pipelines.images.pin import LOCK as PUSHED_LOCK
from pipelines.local.images import CLONE, LOCK, SOURCE, source_of_images

NAMES = ("train", "post", "mlflow")
# Stands in for the Debian base of the Dockerfiles where no registry can be reached.
LOCAL_BASE, SUITE = "pass-ops/debian:bookworm", "bookworm"
DEVICES = ("cpu", "cuda")


@dataclass(frozen=True, kw_only=True)
class Built:
    """An image, how long it took and how large it is."""

    name: str
    image: str
    seconds: float
    size: int


def base_image(*, docker: str, name: str, device: str, base: str) -> str:
    """The base of image `name`: `base` if given, else that of its Dockerfile, else, without CUDA,
    one made here.

    Raises:
        ConfigError: there is none to be had.
    """
    if base:
        return base
    cuda = name == "train" and device == "cuda"
    default = _default_base("train" if cuda else "post")
    if engine.has_image(docker, default):
        return default
    if cuda:
        raise ConfigError(
            f"{default}: no registry gives it; name another CUDA 12.2 devel image with BASE=..."
        )
    if not engine.has_image(docker, LOCAL_BASE):
        print(f"{default}: no registry gives it, so mmdebstrap makes {LOCAL_BASE}", flush=True)
        engine.import_debian(docker, LOCAL_BASE, SUITE)
    return LOCAL_BASE


def build_image(*, docker: str, name: str, device: str, base: str) -> Built:
    """Build image `name`.

    Raises:
        ConfigError: no base image, or the build failed.
    """
    start = time.monotonic()
    arguments = {"BASE_IMAGE": base_image(docker=docker, name=name, device=device, base=base)}
    if name == "train":
        arguments["DEVICE"] = device
    if index := os.environ.get("PIP_INDEX_URL"):
        arguments["PIP_INDEX_URL"] = index
    image = engine.build(
        docker=docker,
        dockerfile=CLONE / "images" / name / "Dockerfile",
        context=CLONE,
        arguments=arguments,
        ca=_certificates(),
    )
    return Built(
        name=name, image=image, seconds=time.monotonic() - start, size=engine.size(docker, image)
    )


def build_all(*, names: Sequence[str], device: str, base: str, registry: str) -> None:
    """Build the images, push them where a registry is named, write the lock and print a table.

    Raises:
        ConfigError: see `build_image`; the registry refuses.
    """
    docker = engine.find_docker()
    built = [build_image(docker=docker, name=name, device=device, base=base) for name in names]
    references = {}
    for image in built:
        reference = f"{registry or 'pass-ops'}/{image.name}:{device}-{image.image.removeprefix('sha256:')[:12]}"
        engine.tag(docker, image.image, reference)
        references[image.name] = engine.push(docker, reference) if registry else reference
    lock = PUSHED_LOCK if registry else LOCK
    before = read_lock(lock)
    if not registry:
        references[SOURCE] = source_of_images()
        # Images of other code are of no use beside the new ones.
        before = before if before.get(SOURCE) == references[SOURCE] else {}
    write_lock(lock, before | references)
    for image in built:
        print(
            f"{image.name:<8}{image.seconds:6.0f} s  {image.size / 1e6:7.0f} MB  {references[image.name]}"
        )
    print(f"{lock}: written")


def main(arguments: Sequence[str]) -> int:
    """Build as the command line says; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m pipelines.images.build", description="Build the images."
    )
    parser.add_argument(
        "names", nargs="*", default=NAMES, help=f"of {', '.join(NAMES)} (default: all)"
    )
    parser.add_argument(
        "--device", choices=DEVICES, default="cuda", help="what the image train computes on"
    )
    parser.add_argument(
        "--base", default="", help="base image, in place of those in the Dockerfiles"
    )
    parser.add_argument(
        "--registry",
        default="",
        help="push to REGISTRY/NAME and write the digests to images/images.lock",
    )
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(NAMES):
        parser.error(f"no such image: {', '.join(sorted(unknown))}")
    try:
        build_all(
            names=options.names, device=options.device, base=options.base, registry=options.registry
        )
    except PassError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _certificates() -> str | None:
    """The file of certificates that pip is told to trust here, if any; pip in the build trusts it
    too.
    """
    command = [sys.executable, "-m", "pip", "config", "get", "global.cert"]
    configured = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    return os.environ.get("PIP_CERT") or configured or os.environ.get("SSL_CERT_FILE")


def _default_base(name: str) -> str:
    """The base image that a Dockerfile names."""
    prefix = "ARG BASE_IMAGE="
    lines = (CLONE / "images" / name / "Dockerfile").read_text().splitlines()
    return next(line.removeprefix(prefix) for line in lines if line.startswith(prefix))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
