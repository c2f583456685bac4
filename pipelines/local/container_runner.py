"""KFP's Docker runner, with stages locked in as on a cluster, and without its fault of taking early
failures for success.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kfp import local
from kfp.local import docker_task_handler

from pass_ops.errors import ConfigError
from pipelines.local.images import LOCK, images_of_this_clone
from pipelines.servers.endpoints import MLFLOW_CLIENT, S3_VARIABLES

# Of the images; on a cluster the pods' security context names it.
IMAGE_USER = 10001
CACHE = "/var/cache/pass-ops"
HANDED_ON = (
    *S3_VARIABLES,
    *MLFLOW_CLIENT,
    "AWS_CA_BUNDLE",
    "MLFLOW_TRACKING_URI",
    "MLFLOW_TRACKING_USERNAME",
    "MLFLOW_TRACKING_PASSWORD",
    "MLFLOW_RUN_ID",
    "NO_PROXY",
    "no_proxy",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


def images_for_containers() -> dict[str, str]:
    """The images that stages run in: references by the names that components know them by.

    Raises:
        ConfigError: no Docker engine answers; images are missing or of other code.
    """
    import docker

    try:
        docker.from_env().close()
    except docker.errors.DockerException as error:
        raise ConfigError(
            "RUNNER=docker: no Docker engine answers; start one, or say with DOCKER_HOST where it is"
        ) from error
    return images_of_this_clone(LOCK)


@contextmanager
def container_runner(state: Path, outputs: Path) -> Iterator[local.DockerRunner]:
    """A runner whose containers have no root, no capabilities and a read-only image; servers on
    this machine's loopback interface are within reach.

    Args:
        state: folder that keeps the stages' outputs and, for containers, Jittor's kernels and data
            sets.
        outputs: of this run, below `state`.
    """
    import docker

    outputs, stages, cache = (
        outputs.resolve(),
        (state / "stages").resolve(),
        (state / "containers").resolve(),
    )
    for folder in (outputs, cache):
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            os.chown(folder, IMAGE_USER, 0)
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    binds = {str(cache): CACHE, str(stages): str(stages)}
    if "AWS_CA_BUNDLE" in environment:
        binds[environment["AWS_CA_BUNDLE"]] = environment["AWS_CA_BUNDLE"]
    runner = local.DockerRunner(
        network_mode="host",
        shm_size="1g",
        user=f"{os.getuid() or IMAGE_USER}:{os.getgid()}",
        read_only=True,
        # As an emptyDir, not as Docker has it: programs may be started from it.
        tmpfs={"/tmp": "exec,mode=1777"},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        mounts=[
            docker.types.Mount(target, source, "bind", read_only=target != CACHE)
            for source, target in binds.items()
        ],
    )
    with _statuses_kept(environment):
        yield runner


@contextmanager
def _statuses_kept(environment: Mapping[str, str]) -> Iterator[None]:
    """Replace what KFP runs a container with (upstream issue 13332): it has the container removed
    as soon as it ends, takes one that is gone for a success, and lets a task's own variables
    replace the runner's instead of adding to them.
    """
    before = docker_task_handler.run_docker_container

    def run(
        *, client: Any, image: str, command: list[str], volumes: dict[str, Any], **options: Any
    ) -> int:
        options["environment"] = {**environment, **options.get("environment", {})}
        return run_container(
            client=client, image=image, command=command, volumes=volumes, **options
        )

    docker_task_handler.run_docker_container = run
    try:
        yield
    finally:
        docker_task_handler.run_docker_container = before


def run_container(
    *, client: Any, image: str, command: list[str], volumes: dict[str, Any], **options: Any
) -> int:
    """Run `command` in a new container, print what it prints, and return its exit status. It is
    gone afterwards, whatever happens.
    """
    container = client.containers.create(image, command, volumes=volumes, **options)
    try:
        container.start()
        for line in container.logs(stream=True, follow=True):
            print(line.decode(errors="replace"), end="")
        return int(container.wait()["StatusCode"])
    finally:
        container.remove(force=True)
