"""Compile the pipelines to the files that KFP takes, and check these as far as that goes without a
cluster.

`python -m pipelines.compile [--allow-tags REASON] [--shards 8 --params FILE] [FOLDER]`
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf import json_format
from kfp import compiler
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes
from kfp.pipeline_spec import pipeline_spec_pb2 as spec

from pass_ops.errors import ConfigError
from pass_ops.program import run_program
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import text_from
from pipelines.images.pin import LOCK, pin_images, unbuilt_images
from pipelines.packages.caching import disable_caching
from pipelines.packages.documents import documents_of
from pipelines.packages.loops import unwrap_loops
from pipelines.packages.shrinking import shrink_package
from pipelines.packages.sources import unknown_sources
from pipelines.packages.typical_run import typical_outputs
from pipelines.packages.version import stamp_version
from pipelines.packages.workflow_size import require_room, workflow_size

ShardsOption = Annotated[
    str,
    typer.Option(
        metavar="STAGE=NUMBER ...",
        help="Tasks that share the work of a stage: predict_split=8, or predict_split=8/4 for four "
        "at a time; 8 for the longest. The placement is then compiled in.",
    ),
]
CLONE = Path(__file__).resolve().parents[1]
FOLDER = Path("build")
# How KFP's compiler begins a package, and `pin_images` one with tags.
PACKAGE = text_from("# PIPELINE DEFINITION\n", "# Images by tag: ")


def compile_pipeline(pipeline: Any, package: Path) -> None:
    """Compile `pipeline`, a function under `dsl.pipeline`, to the YAML file `package`, and check
    it.

    Raises:
        ConfigError: what the compiler wrote is not a valid package.
    """
    with atomic_path(package, PACKAGE) as partial:
        compiler.Compiler().compile(pipeline, str(partial))
        unwrap_loops(partial)
        check_package(partial)


def check_package(package: Path) -> None:
    """Check that `package` holds a PipelineSpec (and a PlatformSpec with settings for Kubernetes,
    if any) without unknown fields, that every task refers to a component and every component to an
    executor, that none of these is left over, and that all executors with settings exist, and all
    that these take values from.

    Raises:
        ConfigError: it does not; names the field or the reference.
    """
    document, platform = documents_of(package)
    try:
        pipeline = json_format.ParseDict(document, spec.PipelineSpec())
        json_format.ParseDict(document["deploymentSpec"], spec.PipelineDeploymentConfig())
        placed = _checked_platform(platform) if platform else {}
    except json_format.ParseError as error:
        raise ConfigError(f"{package}: not a valid KFP package: {error}") from error
    components = {"root": pipeline.root, **pipeline.components}
    executors = set(document["deploymentSpec"]["executors"])
    used = {
        component.executor_label for component in components.values() if component.executor_label
    }
    referred = {
        task.component_ref.name
        for component in components.values()
        for task in component.dag.tasks.values()
    }
    dangling = sorted(used ^ executors | placed.keys() - executors) + sorted(
        referred ^ set(pipeline.components)
    )
    dangling = dangling or unknown_sources(document, placed)
    if dangling:
        raise ConfigError(
            f"{package}: dangling references in the KFP package: {', '.join(dangling)}"
        )


def _checked_platform(document: dict[str, Any]) -> dict[str, Any]:
    """The settings for Kubernetes of a PlatformSpec by executor, once they are parsed."""
    json_format.ParseDict(document, spec.PlatformSpec())
    executors: dict[str, Any] = document["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    for settings in executors.values():
        json_format.ParseDict(settings, kubernetes.KubernetesExecutorConfig())
    return executors


def compile_for_cluster(
    *, pipeline: Any, package: Path, lock: Path, allow_tags: str, cache: bool = True
) -> str:
    """Compile `pipeline` to `package` with its images as `lock` says (see `images.pin_images`).

    Args:
        pipeline: a function under `dsl.pipeline`.
        package: YAML file to write.
        lock: digests of images.
        allow_tags: why images without digest will do; empty for no reason.
        cache: whether tasks may be taken from KFP's cache.

    Returns:
        how large it is, in words.

    Raises:
        ConfigError: an image has no digest, the package is not valid, or it is too large.
    """
    with atomic_path(package, PACKAGE) as partial:
        compile_pipeline(pipeline, partial)
        shrink_package(partial)
        if not cache:
            disable_caching(partial)
        check_package(partial)
        pin_images(partial, lock, allow_tags)
        stamp_version(partial, CLONE)
        spec, platform = documents_of(partial)
        size = workflow_size(spec=spec, platform=platform, known=typical_outputs())
        return require_room(package.name, size)


def cluster_pipelines(shards: str = "", placement: Mapping[str, Any] = {}) -> dict[str, Any]:
    """The pipelines for a cluster, by the names that their packages have.

    Args:
        shards, placement: of the training pipeline, see `steps.sharding.choose_sharding`.

    Raises:
        ConfigError: they are impossible.
    """
    from pipelines.evaluate_model import evaluation_pipeline
    from pipelines.steps.sharding import choose_sharding
    from pipelines.steps.sub_pipelines import sub_pipelines
    from pipelines.training import training_pipeline, training_with

    sharding = choose_sharding(shards, placement)
    boxes = sub_pipelines(sharding)
    training = training_with(sharding, boxes) if sharding.loops else training_pipeline
    return {"training": training, "evaluation": evaluation_pipeline}


def compile_all(
    *,
    folder: Annotated[Path, typer.Argument(help="Folder to write to.")] = FOLDER,
    allow_tags: Annotated[
        str, typer.Option(metavar="REASON", help="Why images without digest will do.")
    ] = "",
    shards: ShardsOption = "",
    params: Annotated[
        Path | None, typer.Option(help="YAML file whose placement the shards are compiled for.")
    ] = None,
) -> None:
    """Compile the pipelines."""
    from pipelines.cluster.run_parameters import given_placement

    placement = given_placement(params) if shards else {}
    for name, pipeline in cluster_pipelines(shards, placement).items():
        package = folder / f"pass_{name}.yaml"
        size = compile_for_cluster(
            pipeline=pipeline, package=package, lock=LOCK, allow_tags=allow_tags
        )
        print(f"{package} is compiled; {size}")
    if unbuilt := unbuilt_images(LOCK):
        print(f"warning: not for a cluster yet: {unbuilt}", file=sys.stderr)
    else:
        print("make submit HOST=... sends one, or upload it in the KFP UI (docs/cluster.md, 5)")


def main(arguments: Sequence[str]) -> int:
    """Compile the training and the evaluation pipeline; returns the exit status."""
    return run_program(compile_all, arguments, "python -m pipelines.compile")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
