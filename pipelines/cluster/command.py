"""The command `pass-ops submit`, which `pass_ops.cli` finds by its entry point."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer


def submit(
    *,
    host: Annotated[
        str,
        typer.Option(help="KFP server: http[s]://host:port. KFP_TOKEN and KFP_CA_BUNDLE, if set."),
    ] = "",
    pipeline: Annotated[str, typer.Option(help="training or evaluation.")] = "training",
    params: Annotated[
        Path | None, typer.Option(help="YAML file with the run's parameters, as in params/.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A parameter that wins over the file's."),
    ] = None,
    experiment: Annotated[str, typer.Option(help="Made if it is not there.")] = "pass-ops",
    run: Annotated[str, typer.Option(help="Name of the run. [default: version and time]")] = "",
    version: Annotated[
        str, typer.Option(help="Name of the version. [default: git commit and digest]")
    ] = "",
    recurring: Annotated[
        str, typer.Option(metavar="CRON", help="Run at these times: six fields, seconds first.")
    ] = "",
    namespace: Annotated[
        str,
        typer.Option(help="Where pods start: needed where KFP serves several. [default: kubeflow]"),
    ] = "",
    service_account: Annotated[
        str, typer.Option(help="Of the run's pods. [default: that of the manifests]")
    ] = "",
    cache: Annotated[
        bool, typer.Option(help="Take finished tasks from KFP's cache, or compute all anew.")
    ] = True,
    wait: Annotated[
        bool, typer.Option("--wait", help="Return when the run has ended; status 1 if it failed.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be sent.")
    ] = False,
    allow_tags: Annotated[
        str, typer.Option(metavar="REASON", help="Why images without digest will do.")
    ] = "",
    shards: Annotated[
        str,
        typer.Option(
            metavar="STAGE=NUMBER ...", help="Tasks that share the work of a stage; 8, say."
        ),
    ] = "",
) -> None:
    """Compile a pipeline, upload it to a KFP server, and start a run."""
    from pass_ops.errors import ConfigError
    from pipelines.cluster.request import RunRequest
    from pipelines.cluster.run_parameters import (
        PLACEMENT,
        choose_parameters,
        given_placement,
        signature,
    )
    from pipelines.compile import FOLDER, cluster_pipelines, compile_for_cluster
    from pipelines.images.pin import LOCK, unbuilt_images
    from pipelines.packages.documents import documents_of
    from pipelines.packages.version import version_name

    if not host and not dry_run:
        raise ConfigError(
            "name the KFP server: --host http://localhost:8080 (make submit HOST=...), or --dry-run"
        )
    if wait and recurring:
        raise ConfigError(
            "--wait and --recurring: a recurring run has no end to wait for; leave one out"
        )
    if shards and pipeline != "training":
        raise ConfigError(f"--shards: the {pipeline} pipeline has no stage to share; leave it out")
    unbuilt = unbuilt_images(LOCK)
    if unbuilt and not dry_run:
        raise ConfigError(unbuilt)
    compiled_in = given_placement(params, values or ()) if shards else {}
    pipeline_functions = cluster_pipelines(shards, compiled_in)
    if pipeline not in pipeline_functions:
        raise ConfigError(
            f"--pipeline {pipeline}: there is no such pipeline: "
            f"name one of {', '.join(pipeline_functions)}"
        )
    # Another file: who uploads that of `make compile` by hand expects the cache.
    uncached = "" if cache else "_uncached"
    package = FOLDER / f"pass_{pipeline}{uncached}.yaml"
    compile_for_cluster(
        pipeline=pipeline_functions[pipeline],
        package=package,
        lock=LOCK,
        allow_tags=allow_tags,
        cache=cache,
    )
    spec, platform = documents_of(package)
    parameters = choose_parameters(spec, params, values or ())
    placement = _require_valid_settings(signature(spec), {PLACEMENT: compiled_in} | parameters)
    version = version or version_name(package) + uncached.replace("_", "-")
    request = RunRequest(
        package=package,
        pipeline=spec["pipelineInfo"]["name"],
        version=version,
        experiment=experiment,
        run=run or f"{version} {datetime.now():%Y-%m-%d %H:%M}",
        parameters=parameters,
        cron=recurring,
        service_account=service_account,
    )
    if dry_run:
        typer.echo(request.as_yaml(), nl=False)
        if unbuilt:
            typer.echo(f"warning: without --dry-run this is refused: {unbuilt}", err=True)
        return

    from pipelines.cluster.kfp_server import KfpServer
    from pipelines.cluster.namespace_check import require_objects
    from pipelines.cluster.needed_objects import NeededObject, needed_objects
    from pipelines.cluster.submit import send_request, wait_for_run

    server = KfpServer(host, namespace)
    account = server.account_of_runs(service_account)
    accounts = [NeededObject("ServiceAccount", account)] if account else []
    require_objects(
        namespace=server.namespace_of_runs,
        objects=(*accounts, *needed_objects(platform, placement)),
        several_users=server.several_users,
        say=typer.echo,
    )
    request = dataclasses.replace(request, service_account=account)
    run_id = send_request(server, request, typer.echo)
    if wait:
        wait_for_run(server=server, run_id=run_id, say=typer.echo)


def _require_valid_settings(
    definitions: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]
) -> dict[str, Any]:
    """Refuse here what the pipeline's first tasks would refuse on the cluster.

    Args:
        definitions: of the pipeline's parameters, as `signature` has them.
        parameters: values of some; the others have defaults.

    Returns:
        all fields of the placement.
    """
    from components.placement import complete_placement, ranks_of
    from pass_ops.config.resolve import resolve
    from pass_ops.engine.ranks.count import require_even_batches
    from pass_ops.sam.fetch import back_end_name
    from pipelines.cluster.addresses import require_reachable

    defaults = {name: entry.get("defaultValue") for name, entry in definitions.items()}
    values = {**defaults, **parameters}
    placement = complete_placement(values.get("placement", {}))
    stages = resolve(
        profile=values["profile"], overrides=values["overrides"], compat=values["compat"]
    )
    require_even_batches(stages, ranks_of(placement))
    back_end_name(values.get("mask_back_end", ""), values.get("mask_weights", ""))
    places = {name: values.get(name, "") for name in ("data_uri", "model_uri", "mask_weights")}
    initial_weights = stages["pretrain"]["initial_weights"]
    require_reachable({**places, "pretrain.initial_weights": initial_weights})
    return placement
