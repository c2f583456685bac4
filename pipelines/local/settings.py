"""What a user chooses of a local run, and the command line that says it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import typer

from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.engine.ranks.count import rank_count, require_even_batches
from pass_ops.errors import ConfigError
from pass_ops.program import call_with
from pass_ops.representation.initial_weights import read_initial_card
from pass_ops.sam.fetch import back_end_name, require_weights
from pass_ops.storage.addresses import is_s3
from pipelines.local.data import SYNTHETIC

Runner = Literal["subprocess", "docker"]
EXAMPLE = '{"pretrain.epochs": 5}'


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a run computes.

    Attributes:
        data: folder in ImageNet-S layout or of photographs, or `none` for the synthetic set.
        profile: settings of all stages, by name.
        seed: of every random choice.
        compat: arithmetic: fixed, or reference.
        overrides: settings on top of the profile, by `stage.key` or nested.
        mask_back_end: sam, onnx or classical; empty for the default.
        mask_weights: folder or s3:// prefix of the weights of the mask back end; empty for none.
    """

    data: str
    profile: str
    seed: int
    compat: str
    overrides: Mapping[str, Any]
    mask_back_end: str
    mask_weights: str


def _settings(
    *,
    data: Annotated[
        str,
        typer.Option(help="Folder in ImageNet-S layout, or of photographs; none: synthetic set."),
    ] = SYNTHETIC,
    profile: Annotated[str, typer.Option(help="Settings of all stages.")] = "smoke",
    seed: Annotated[int, typer.Option(help="Of every random choice.")] = 31,
    compat: Annotated[str, typer.Option(help="Arithmetic: fixed, or reference.")] = "fixed",
    overrides: Annotated[
        str, typer.Option(help="Settings on top of the profile, as a JSON object.")
    ] = "{}",
    clusters: Annotated[
        str, typer.Option(help="How many, for photographs without classes; auto chooses.")
    ] = "auto",
    mask_back_end: Annotated[
        str, typer.Option(help="sam, onnx or classical; by default sam with weights.")
    ] = "",
    mask_weights: Annotated[
        str, typer.Option(help="Folder or s3:// prefix of the mask back end's weights.")
    ] = "",
    cache: Annotated[bool, typer.Option(help="Reuse finished stages.")] = True,
    runner: Annotated[
        Runner, typer.Option(help="Stages as processes, or in containers.")
    ] = "subprocess",
) -> tuple[Settings, bool, str]:
    """Run the training pipeline."""
    if runner == "docker" and mask_weights and not is_s3(mask_weights):
        raise ConfigError(
            f"MASK_WEIGHTS={mask_weights}: containers see no folders of yours: put it into S3"
        )
    settings = Settings(
        data=data,
        profile=profile,
        seed=seed,
        compat=compat,
        overrides=_object(overrides) | _clusters(clusters),
        mask_back_end=mask_back_end,
        mask_weights=mask_weights,
    )
    return settings, cache, runner


def parse(arguments: Sequence[str]) -> tuple[Settings, bool, str]:
    """The settings on a command line, whether to use the cache, and the runner.

    Raises:
        ConfigError: an unknown option, a seed that is no integer, `--overrides` that are no JSON
            object, a folder that containers would not see.
        SystemExit: after `--help`.
    """
    chosen: tuple[Settings, bool, str] = call_with(
        _settings, arguments, "python -m pipelines.local.run"
    )
    return chosen


def resolve_settings(settings: Settings) -> dict[str, dict[str, Any]]:
    """The settings of every stage, by its key; what the pipeline's first stage would refuse of them
    is refused.

    Raises:
        ConfigError: unknown profile or keys, values of a wrong type or out of range, no such mask
            back end, batches that the ranks cannot share.
        ArtifactError, StorageError: its weights, or those to start from, are not there.
    """
    stages = resolve(
        profile=settings.profile,
        overrides=settings.overrides,
        seed=settings.seed,
        compat=settings.compat,
    )
    require_even_batches(stages, rank_count())
    back_end = back_end_name(settings.mask_back_end, settings.mask_weights)
    if _is_at_hand(settings.mask_weights):
        require_weights(back_end, settings.mask_weights)
    pretrain = build(PretrainConfig, stages["pretrain"])
    if _is_at_hand(pretrain.initial_weights):
        read_initial_card(pretrain)
    return stages


def _is_at_hand(uri: str) -> bool:
    """Whether it can be looked at before the run starts servers: else its first stage does."""
    return not is_s3(uri) or bool(os.environ.get("S3_ENDPOINT"))


def _clusters(text: str) -> dict[str, Any]:
    """What `--clusters` says, as a setting."""
    if text in ("", "auto"):
        return {}
    if not text.isdecimal() or int(text) < 2:
        raise ConfigError(f"CLUSTERS={text}: give a whole number from 2 on, or auto")
    return {"choose_clusters.clusters": int(text)}


def _object(text: str) -> dict[str, Any]:
    """The JSON object that `--overrides` holds."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"OVERRIDES={text}: not JSON ({error}): write it like {EXAMPLE}"
        ) from error
    if not isinstance(value, dict):
        raise ConfigError(f"OVERRIDES={text}: not a JSON object: write it like {EXAMPLE}")
    return value
