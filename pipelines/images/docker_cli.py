"""The Docker command line, as far as building images needs it."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pass_ops.errors import ConfigError


@functools.cache
def find_docker() -> str:
    """Path of a docker command that reaches an engine and can build with BuildKit.

    Clients from 23 on build through the plugin buildx; older ones need nothing. Where several are
    on the PATH, one may do. What was found is kept for all that follows.

    Raises:
        ConfigError: there is none.
    """
    candidates = [Path(folder) / "docker" for folder in os.get_exec_path()]
    for docker in map(str, filter(Path.is_file, candidates)):
        output = _output(docker, "version", "--format", "{{json .}}")
        versions = json.loads(output) if output else {}
        # Without an engine, the client prints its own version and a server of null.
        if not versions.get("Server"):
            continue
        client = int(versions["Client"]["Version"].partition(".")[0])
        if client < 23 or _output(docker, "buildx", "version") is not None:
            return docker
    raise ConfigError(
        "docker: no engine answers, or the client cannot build with BuildKit: start one "
        "(DOCKER_HOST says where), install docker-buildx, or run the commands of images/README.md "
        "with buildah"
    )


def has_image(reference: str) -> bool:
    """Whether an image is here, or a registry gives it.

    Args:
        reference: the image.
    """
    if _output(find_docker(), "image", "inspect", reference) is not None:
        return True
    return _output(find_docker(), "pull", "--quiet", reference) is not None


def build(
    *,
    dockerfile: Path,
    context: Path,
    arguments: Mapping[str, str],
    certificates: str | None,
) -> str:
    """Build an image; returns its id, `sha256:…`.

    Args:
        dockerfile: what to build by.
        context: folder that the Dockerfile copies from.
        arguments: values of its `ARG`s.
        certificates: file of those to trust while packages are fetched; it does not get into the
            image.

    Raises:
        ConfigError: the build failed.
    """
    options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    if certificates:
        options.append(f"--secret=id=ca,src={certificates}")
    with tempfile.TemporaryDirectory(prefix="pass-ops-build-") as scratch:
        identity = Path(scratch) / "id"
        options += ["--network=host", "--progress=plain"]
        options += [f"--iidfile={identity}", f"--file={dockerfile}"]
        command = [find_docker(), "build", *options, str(context)]
        # Clients before 23 build without BuildKit otherwise, which knows no mounts.
        environment = os.environ | {"DOCKER_BUILDKIT": "1"}
        if subprocess.run(command, env=environment, check=False).returncode != 0:
            raise ConfigError(f"{dockerfile}: the build failed; see its output above")
        return identity.read_text().strip()


def import_archive(archive: Path, reference: str) -> None:
    """Make an image of one layer.

    Args:
        archive: tar file of its file system.
        reference: its name.
    """
    command = [find_docker(), "import", str(archive), reference]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def tag(image: str, reference: str) -> None:
    """Name an image.

    Args:
        image: its id.
        reference: the name.
    """
    subprocess.run([find_docker(), "tag", image, reference], check=True)


def size(image: str) -> int:
    """Bytes of an image's layers.

    Args:
        image: its id.
    """
    return int(_inspect(image)["Size"])


def created(image: str) -> datetime:
    """When an image was made.

    Args:
        image: its id.
    """
    return datetime.fromisoformat(_inspect(image)["Created"])


def run_python(image: str, program: Path) -> str:
    """What a program prints, run by an image's own Python without a network.

    Args:
        image: its id.
        program: a file of this machine.

    Raises:
        ConfigError: the program fails.
    """
    options = ["--rm", "--interactive", "--network=none", "--entrypoint=python3.11"]
    with program.open("rb") as source:
        process = subprocess.run(
            [find_docker(), "run", *options, image, "-"],
            stdin=source,
            capture_output=True,
            check=False,
        )
    if process.returncode != 0:
        raise ConfigError(f"{image}: {program.name} fails in it: {process.stderr.decode().strip()}")
    return process.stdout.decode()


def push(reference: str) -> str:
    """Push an image; returns it by digest, `repository@sha256:…`.

    Args:
        reference: the image, `repository:tag`.

    Raises:
        ConfigError: the registry refuses.
    """
    repository = reference.rpartition(":")[0]
    if subprocess.run([find_docker(), "push", "--quiet", reference], check=False).returncode != 0:
        raise ConfigError(
            f"{reference}: the registry refuses it; log in with docker login, or correct REGISTRY"
        )
    digests: Sequence[str] = _inspect(reference)["RepoDigests"]
    return next(digest for digest in digests if digest.startswith(f"{repository}@"))


def _inspect(image: str) -> dict[str, Any]:
    """What the engine knows of an image that it has.

    Args:
        image: its id or a reference.
    """
    command = [find_docker(), "image", "inspect", image]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    properties: dict[str, Any] = json.loads(output)[0]
    return properties


def _output(*command: str) -> str | None:
    """What a command prints; None where it fails."""
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.stdout if process.returncode == 0 else None
