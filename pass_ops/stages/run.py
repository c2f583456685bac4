"""Running a declared stage on plain values, as KFP tasks and the command line have them.

A training is run by as many processes as there are ranks (`engine.ranks`), on this machine or on
others; any other stage is run by this process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pass_ops.config.resolve import complete
from pass_ops.config.schema import build
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine import stage as engine
from pass_ops.engine.checkpoints.share import Share, ShareMade
from pass_ops.engine.ranks.count import rank_count, require_even_batch, require_mpi
from pass_ops.engine.ranks.launch import run_ranks
from pass_ops.engine.ranks.machines import current_machines
from pass_ops.paths import PointerPath
from pass_ops.stages.declaration import DECLARATIONS, SHARE, Declaration, Metrics, Port, Stage
from pass_ops.stages.elsewhere import handed_over
from pass_ops.stages.room.images import require_room_for
from pass_ops.stages.room.training import require_room_for_training
from pass_ops.storage.pinned import place_of
from pass_ops.tracking.pipeline_run import kfp_run
from pass_ops.tracking.tracker import Tracker

# Parameters that may name a folder.
_ADDRESSES = ("data_uri", "model_uri", "mask_weights")
_RANK = "pass_ops.commands.rank"


def run_stage(name: str, /, **values: Any) -> dict[str, Any]:
    """Run the stage that is declared as `name`.

    Args:
        name: of the stage, such as `apply_crf`.
        values: of all its fields: artifacts, outputs too, as paths; settings as dictionaries;
            parameters as they are. A share that is not named is the whole.

    Returns:
        See `engine.stage.run_stage`.

    Raises:
        SystemExit: after one line on standard error, when the user's input, settings or servers are
            wrong.
        TypeError: values that the stage does not declare, or lacks.
    """
    declaration = DECLARATIONS[name]
    if declaration.can_be_shared:
        values = {SHARE: "", **values}
    declared = {port.name for port in declaration.ports}
    if declared != values.keys():
        raise TypeError(f"{name} takes {sorted(declared)}, not {sorted(values)}")

    use = declaration.run_name(values)
    outputs = {Path(values[port.name]): port.kind for port in declaration.outputs}
    with engine.one_line_errors():
        share = Share.parse(values.get(SHARE, ""))
        places = _places_read(declaration.inputs, values)
        settings = _logged(declaration.inputs, values)
        ranks = _ranks(declaration)
        if ranks > 1:
            require_even_batch(stage=name, settings=settings, ranks=ranks)
        _require_room(declaration, values, outputs)

    def body(tracker: Tracker) -> Metrics:
        if share:
            with suppress(ShareMade):
                use_of(declaration, values).run(tracker)
            return {}
        if declaration.stage_class == "train":
            return _train(declaration=declaration, values=values, ranks=ranks, tracker=tracker)
        return use_of(declaration, values).run(tracker)

    return engine.run_stage(
        name=f"{use}_{share.number}_of_{share.count}" if share else use,
        body=body,
        settings=settings,
        outputs={} if share else outputs,
        inputs=places,
        headline=declaration.headline,
    )


def _ranks(declaration: Declaration) -> int:
    """How many processes a stage is run by.

    Raises:
        ConfigError: they cannot be started here.
    """
    if declaration.stage_class != "train":
        return 1
    if machines := current_machines():
        return machines.ranks
    ranks = rank_count()
    require_mpi(ranks)
    return ranks


def _require_room(
    declaration: Declaration, values: Mapping[str, Any], outputs: Mapping[Path, Any]
) -> None:
    """Refuse a stage whose outputs have no room on the disk.

    Args:
        declaration: of the stage.
        values: of its fields.
        outputs: their kinds by their paths.

    Raises:
        StorageError: there is no room.
    """
    for port in declaration.inputs:
        # `make_regions` writes hardly anything where it is not to make any.
        if port.kind is PointerPath and values.get("config", {}).get("enabled", True):
            counts = DatasetPointer.load(PointerPath(Path(values[port.name]))).counts
            require_room_for(outputs, counts, values.get("split"))
    if declaration.stage_class == "train":
        require_room_for_training(declaration, values)


def _train(
    *, declaration: Declaration, values: Mapping[str, Any], ranks: int, tracker: Tracker
) -> Metrics:
    """Run a training in all of its ranks.

    Args:
        declaration: of the stage.
        values: of its fields.
        ranks: how many there are.
        tracker: of the training.
    """
    name, use = declaration.name, declaration.run_name(values)
    if machines := current_machines():
        # The same for another attempt of this task, and for no other task.
        with handed_over(declaration, values, machines.folder / f"{use}-{kfp_run()}") as there:
            arguments = [name, json.dumps(there, default=str)]
            return machines.run_ranks(stage=use, module=_RANK, arguments=arguments, tracker=tracker)
    if ranks == 1:
        return use_of(declaration, values).run(tracker)
    arguments = [name, json.dumps(values, default=str)]
    return run_ranks(stage=use, module=_RANK, arguments=arguments, ranks=ranks, tracker=tracker)


def use_of(declaration: Declaration, values: Mapping[str, Any]) -> Stage:
    """The use of a stage whose fields have these values.

    Args:
        declaration: of the stage.
        values: of all its fields, see `run_stage`.
    """
    use = declaration.stage(
        **{port.name: _typed(port, values[port.name]) for port in declaration.inputs}
    )
    for port in declaration.outputs:
        setattr(use, port.name, Path(values[port.name]))
    return use


def _typed(port: Port, value: Any) -> Any:
    """The value of a field as its type says."""
    if port.is_settings:
        return build(port.kind, value)
    return Path(value) if port.is_artifact else value


def _places_read(inputs: tuple[Port, ...], values: Mapping[str, Any]) -> list[str | Path]:
    """Files, folders and addresses that a use reads: its artifacts, its data set, what its
    parameters and settings name.

    Args:
        inputs: of the stage.
        values: of its fields.
    """
    places: list[str | Path] = []
    for port in inputs:
        if port.is_artifact or port.name in _ADDRESSES:
            places.append(place_of(str(values[port.name])))
        if port.name == "config":
            places.append(place_of(values[port.name].get("initial_weights", "")))
        if port.kind is PointerPath:
            places.append(DatasetPointer.load(PointerPath(Path(values[port.name]))).uri)
    return places


def _logged(inputs: tuple[Port, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """What a tracker is told: the stage's settings, those of others by their field, parameters."""
    logged: dict[str, Any] = {}
    for port in inputs:
        value = values[port.name]
        if port.is_settings:
            value = complete(port.kind, value)
        if port.name == "config":
            logged |= value
        elif not port.is_artifact:
            logged[port.name] = value
    return logged
