"""The base images that ours are built on."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from pass_ops.errors import ConfigError
from pipelines.images import docker_cli
from pipelines.images.local_images import CLONE

# Stands in for the Debian base of the Dockerfiles where no registry can be reached.
LOCAL_BASE, SUITE = "pass-ops/debian:bookworm", "bookworm"


def base_image(*, name: str, device: str, base: str) -> str:
    """The base that an image is built on: what is asked for, what there is, or one made here.

    Args:
        name: of the image.
        device: cpu or cuda.
        base: taken as it is; if empty, the base of the image's Dockerfile, and where no registry
            gives that, one of Debian that is made here. CUDA cannot be made here.

    Raises:
        ConfigError: there is none to be had.
    """
    if base:
        return base
    cuda = name == "train" and device == "cuda"
    default = _default_base("train" if cuda else "post")
    if docker_cli.has_image(default):
        return default
    if cuda:
        raise ConfigError(
            f"{default}: no registry gives it; name another CUDA 12.2 devel image with BASE=..."
        )
    if not docker_cli.has_image(LOCAL_BASE):
        print(f"{default}: no registry gives it, so mmdebstrap makes {LOCAL_BASE}", flush=True)
        _import_debian()
    return LOCAL_BASE


def _import_debian() -> None:
    """Make `LOCAL_BASE` of the machine's own package mirror, with mmdebstrap.

    Raises:
        ConfigError: mmdebstrap is missing, or fails.
    """
    with tempfile.TemporaryDirectory(prefix="pass-ops-base-") as scratch:
        archive = Path(scratch) / "base.tar"
        options = ["--quiet", "--variant=minbase", "--include=ca-certificates"]
        try:
            subprocess.run(["mmdebstrap", *options, SUITE, str(archive)], check=True)
        except FileNotFoundError as error:
            raise ConfigError(
                f"{LOCAL_BASE}: no registry gives it; apt-get install mmdebstrap makes one like it"
            ) from error
        except subprocess.CalledProcessError as error:
            raise ConfigError(
                f"mmdebstrap ended with status {error.returncode}; see its output above"
            ) from error
        docker_cli.import_archive(archive, LOCAL_BASE)


def _default_base(name: str) -> str:
    """The base image that a Dockerfile names."""
    prefix = "ARG BASE_IMAGE="
    lines = (CLONE / "images" / name / "Dockerfile").read_text().splitlines()
    return next(line.removeprefix(prefix) for line in lines if line.startswith(prefix))
