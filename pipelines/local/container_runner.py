"""KFP's Docker runner, with stages locked in as on a cluster, and with their true exit statuses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kfp import local
from kfp.local import docker_task_handler

from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.events import EVENTS
from pass_ops.engine.ranks.count import RANKS
from pass_ops.errors import ConfigError
from pass_ops.storage.addresses import is_s3
from pipelines.images.local_images import LOCAL_LOCK, local_images
from pipelines.servers.claim import PATIENCE, VARIABLE
from pipelines.servers.endpoints import MLFLOW_CLIENT, S3_VARIABLES

# Of the images; on a cluster the pods' security context names it.
IMAGE_USER = 10001
CACHE = "/var/cache/pass-ops"
LABEL = "pass-ops.claim"
"""Of containers: the claim of the run that they belong to (`servers.claim`)."""

HANDED_ON = (
    *S3_VARIABLES,
    *MLFLOW_CLIENT,
    "S3_RETRY_SECONDS",
    "AWS_CA_BUNDLE",
    PLACE,
    EVENTS,
    RANKS,
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
    """The images that stages run in: see `local_images`.

    Raises:
        ConfigError: no Docker engine answers; images are missing or of other code.
    """
    import docker

    try:
        docker.from_env().close()
    except docker.errors.DockerException as error:
        raise ConfigError(
            "RUNNER=docker: no Docker engine answers; start one, or say with DOCKER_HOST where "
            "it is"
        ) from error
    return local_images(LOCAL_LOCK)


@contextmanager
def container_runner(state: Path, outputs: Path) -> Iterator[local.DockerRunner]:
    """A runner whose containers have no root, no capabilities and a read-only image.

    Servers on this machine's loopback interface are within their reach.

    Args:
        state: folder that keeps the stages' outputs and, for containers, Jittor's kernels and data
            sets.
        outputs: of this run, below `state`.
    """
    import docker

    outputs, stages = outputs.resolve(), (state / "stages").resolve()
    cache = (state / "containers").resolve()
    place = os.environ.get(PLACE, "")
    checkpoints = [Path(place)] if place and not is_s3(place) else []
    for folder in (outputs, cache, *checkpoints):
        folder.mkdir(parents=True, exist_ok=True)
        if os.getuid() == 0:
            os.chown(folder, IMAGE_USER, 0)
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    # The outputs of earlier runs too, as cached stages are read where they are.
    binds = {str(cache): CACHE, str(stages): str(stages)}
    binds |= {str(folder): str(folder) for folder in checkpoints}
    writable = {CACHE, *map(str, checkpoints)}
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
            docker.types.Mount(target, source, "bind", read_only=target not in writable)
            for source, target in binds.items()
        ],
    )
    _remove_left_behind(state)
    with _own_containers(environment):
        yield runner


def _remove_left_behind(state: Path) -> None:
    """End the containers of runs that were killed: the engine, which started them, lets them be.

    Args:
        state: folder of the runs, whose claims are gone when they have ended.
    """
    import docker

    with closing(docker.from_env()) as client:
        for container in client.containers.list(filters={"label": LABEL}):
            claim = Path(container.labels[LABEL])
            if claim.parent.parent == state.resolve() and not claim.exists():
                container.stop(timeout=int(PATIENCE))
                container.remove(force=True)


@contextmanager
def _own_containers(environment: Mapping[str, str]) -> Iterator[None]:
    """Let KFP's Docker runner start containers by `run_container` while the block lasts.

    Args:
        environment: variables of every container; a task's own win.
    """
    # KFP 2.17.0 has a container removed as soon as it ends, and takes one that is gone for a
    # success (kubeflow/pipelines issue 13332): a stage that fails at once would have succeeded.
    # It also lets variables that are given to the runner replace those that a task sets itself.
    before = docker_task_handler.run_docker_container

    def run(
        *, client: Any, image: str, command: list[str], volumes: dict[str, Any], **options: Any
    ) -> int:
        options["environment"] = {**environment, **options.get("environment", {})}
        options["labels"] = {LABEL: os.environ.get(VARIABLE, "")}
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
    """Run a command in a new container, print what it prints, and return its exit status.

    The container is gone afterwards, whatever happens.

    Args:
        client: of the Docker engine.
        image: reference of the image.
        command: the command line.
        volumes: folders to mount, as Docker's client takes them.
        options: any others of `client.containers.create`.
    """
    container = client.containers.create(image, command, volumes=volumes, **options)
    try:
        container.start()
        for line in container.logs(stream=True, follow=True):
            print(line.decode(errors="replace"), end="")
        return int(container.wait()["StatusCode"])
    finally:
        container.remove(force=True)
