"""What a run's inputs mean: its settings, data set and models, before anything is trained."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pass_ops.config.fit import require_fit
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import changed, resolve
from pass_ops.config.schema import build
from pass_ops.config.settings import CONFIGS, RunInfo
from pass_ops.data.locate import locate
from pass_ops.engine.fetch_model import pin_model
from pass_ops.engine.stage import one_line_errors
from pass_ops.evaluation.report.mlflow_page import describe_run
from pass_ops.models.card import began_with
from pass_ops.representation.initial_weights import pin_initial_weights, read_initial_card
from pass_ops.sam.fetch import back_end_name, pin_weights, require_weights
from pass_ops.storage.lifetime import cache_epoch
from pass_ops.storage.pinned import pin, place_of
from pass_ops.tracking.mlflow import open_pipeline_run
from pass_ops.tracking.pipeline_run import kfp_run
from pass_ops.versions import commit, pipeline_version


def _outputs() -> Any:
    """A named tuple whose fields are known only when this runs, which no type can say."""
    names = ("data_uri", "model_uri", "mask_weights", "cache_epoch")
    settings = [(name, dict) for name in ("run", *CONFIGS)]
    return NamedTuple("ResolvedSettings", [*((name, str) for name in names), *settings])


ResolvedSettings = _outputs()
"""What a run's inputs mean at present, for the keys of KFP's cache: addresses that will not come to
mean anything else; `cache_epoch`; one dictionary for each stage with settings, of those that are
not their defaults, as a cluster keeps each in a dozen places; and `run`, which names what is run
(`RunInfo`).
"""


def resolve_config(
    *,
    data_uri: str,
    model_uri: str,
    profile: str,
    overrides: Mapping[str, Any],
    seed: int,
    compat: str,
    mask_back_end: str,
    mask_weights: str,
    run_name: str,
) -> Any:
    """Resolve the settings of a run, and what its addresses mean, as `ResolvedSettings`; say in
    MLflow what is run.

    Args:
        data_uri: data set of the run.
        model_uri: model of an evaluation, see `engine.fetch_model.fetch_model`; empty for none.
        profile, overrides, seed, compat: see `config.resolve.resolve`.
        mask_back_end, mask_weights: see `sam.fetch.back_end_name`.
        run_name: of the KFP run.

    Raises:
        SystemExit: after one line on standard error, when a setting is wrong; when the training
            split does not fill a batch, or cannot fall into so many clusters; when data set, model,
            mask weights or initial weights are not there; when a server does not answer.
    """
    with one_line_errors():
        settings = resolve(profile=profile, overrides=overrides, seed=seed, compat=compat)
        back_end = back_end_name(mask_back_end, mask_weights)
        # They are needed only after the longest trainings.
        require_weights(back_end, mask_weights)
        initial = read_initial_card(build(PretrainConfig, settings["pretrain"]))
        pretrain = settings["pretrain"]
        pretrain["initial_weights"] = pin_initial_weights(pretrain["initial_weights"])
        pointer = locate(place_of(data_uri))
        digest = pointer.digest
        if not model_uri:
            require_fit(settings, pointer.counts["train"], pointer.categories)
        run = RunInfo(
            data=data_uri,
            profile=profile,
            seed=seed,
            compat=compat,
            mask_backend=back_end,
            initial_weights=began_with(initial),
            overrides=dict(overrides),
            data_digest=digest,
            commit=commit(),
            pipeline_version=pipeline_version(),
            name=run_name if kfp_run() else "",
        )
        describe_run(run, open_pipeline_run())
        return ResolvedSettings(
            data_uri=pin(data_uri, digest),
            model_uri=pin_model(model_uri) if model_uri else "",
            mask_weights=pin_weights(back_end, mask_weights),
            cache_epoch=cache_epoch(datetime.now(UTC).date()),
            run=dataclasses.asdict(run),
            **{name: changed(kind, settings[name]) for name, kind in CONFIGS.items()},
        )
