"""The Docker command line, as far as building images needs it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pass_ops.errors import ConfigError


def find_docker() -> str:
    """Path of a docker command that reaches an engine and can build with BuildKit.

    Clients from 23 on build through the plugin buildx; older ones need nothing. Where several are
    on the PATH, one may do.

    Raises:
        ConfigError: there is none.
    """
    candidates = [Path(folder) / "docker" for folder in os.get_exec_path()]
    for docker in map(str, filter(Path.is_file, candidates)):
        version = _output(docker, "version", "--format", "{{json .}}")
        if version is None or not (found := json.loads(version)).get("Server"):
            continue
        if (
            int(found["Client"]["Version"].partition(".")[0]) < 23
            or _output(docker, "buildx", "version") is not None
        ):
            return docker
    raise ConfigError(
        "docker: no engine answers, or the client cannot build with BuildKit: start one (DOCKER_HOST says where), "
        "install docker-buildx, or run the commands of images/README.md with buildah"
    )


def has_image(docker: str, reference: str) -> bool:
    """Whether the image is here, or a registry gives it."""
    if _output(docker, "image", "inspect", reference) is not None:
        return True
    return _output(docker, "pull", "--quiet", reference) is not None


def import_debian(docker: str, reference: str, suite: str) -> None:
    """Make a base image of the machine's own package mirror, with mmdebstrap.

    Raises:
        ConfigError: mmdebstrap is missing, or fails.
    """
    with tempfile.TemporaryDirectory(prefix="pass-ops-base-") as scratch:
        archive = Path(scratch) / "base.tar"
        command = [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            "--include=ca-certificates",
            suite,
            str(archive),
        ]
        try:
            subprocess.run(command, check=True)
        except FileNotFoundError as error:
            raise ConfigError(
                f"{reference}: no registry gives it; apt-get install mmdebstrap makes one like it"
            ) from error
        except subprocess.CalledProcessError as error:
            raise ConfigError(
                f"mmdebstrap ended with status {error.returncode}; see its output above"
            ) from error
        subprocess.run(
            [docker, "import", str(archive), reference], check=True, stdout=subprocess.DEVNULL
        )


def build(
    *, docker: str, dockerfile: Path, context: Path, arguments: Mapping[str, str], ca: str | None
) -> str:
    """Build an image; returns its id, `sha256:…`.

    Args:
        ca: file of certificates to trust while packages are fetched; it does not get into the
            image.

    Raises:
        ConfigError: the build failed.
    """
    options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    options += [f"--secret=id=ca,src={ca}"] if ca else []
    with tempfile.TemporaryDirectory(prefix="pass-ops-build-") as scratch:
        identity = Path(scratch) / "id"
        command = [
            docker,
            "build",
            "--network=host",
            "--progress=plain",
            f"--iidfile={identity}",
            f"--file={dockerfile}",
        ]
        environment = os.environ | {"DOCKER_BUILDKIT": "1"}
        done = subprocess.run([*command, *options, str(context)], env=environment, check=False)
        if done.returncode != 0:
            raise ConfigError(f"{dockerfile}: the build failed; see its output above")
        return identity.read_text().strip()


def tag(docker: str, image: str, reference: str) -> None:
    """Give the image `image` (an id) the name `reference`."""
    subprocess.run([docker, "tag", image, reference], check=True)


def size(docker: str, image: str) -> int:
    """Bytes of an image's layers."""
    return int(_inspect(docker, image)["Size"])


def push(docker: str, reference: str) -> str:
    """Push the image `repository:tag`; returns `repository@sha256:…`.

    Raises:
        ConfigError: the registry refuses.
    """
    repository = reference.rpartition(":")[0]
    if subprocess.run([docker, "push", "--quiet", reference], check=False).returncode != 0:
        raise ConfigError(
            f"{reference}: the registry refuses it; log in with docker login, or correct REGISTRY"
        )
    digests: Sequence[str] = _inspect(docker, reference)["RepoDigests"]
    return next(digest for digest in digests if digest.startswith(f"{repository}@"))


def _inspect(docker: str, image: str) -> dict[str, Any]:
    text = subprocess.run(
        [docker, "image", "inspect", image], check=True, capture_output=True, text=True
    ).stdout
    found: dict[str, Any] = json.loads(text)[0]
    return found


def _output(docker: str, *arguments: str) -> str | None:
    """What a command prints; None where it fails."""
    done = subprocess.run([docker, *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None
