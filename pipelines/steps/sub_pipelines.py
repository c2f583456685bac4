"""KFP's sub-pipelines, one for each box of the wiring."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from inspect import Parameter
from typing import Any, NamedTuple, get_type_hints

from kfp import dsl
from kfp.dsl import Input

from components.base import kfp_type
from pass_ops.config.settings import Settings
from pass_ops.graph.denoising import denoising
from pass_ops.graph.evaluation import evaluation
from pass_ops.graph.pseudo_labels import pseudo_labels
from pass_ops.graph.recorder import record
from pass_ops.graph.representation import representation
from pass_ops.graph.segmentation import segmentation
from pass_ops.stages.builder import building
from pass_ops.stages.declaration import Port
from pipelines.placement.placed import fields_of
from pipelines.steps.kfp_builder import KfpBuilder, setting_channels
from pipelines.steps.sharding import Sharding

SubPipelines = Mapping[str, tuple[Any, tuple[str, ...]]]
"""By the box's name, with the names of the settings that each takes."""
# A box that opens another comes after it.
BOXES: tuple[Callable[..., Any], ...] = (
    representation,
    denoising,
    pseudo_labels,
    segmentation,
    evaluation,
)


@cache
def sub_pipelines(sharding: Sharding) -> SubPipelines:
    """The sub-pipelines of all boxes.

    Args:
        sharding: a choice of whoever compiles.
    """
    pipelines: dict[str, tuple[Any, tuple[str, ...]]] = {}
    for box in BOXES:
        pipelines[box.__name__] = sub_pipeline(box, pipelines, sharding)
    return pipelines


def sub_pipeline(
    box: Callable[..., Any], others: SubPipelines, sharding: Sharding
) -> tuple[Any, tuple[str, ...]]:
    """The sub-pipeline of a box, and the names of the settings that it takes.

    It has the box's parameters, but for `Settings` one for each setting that the box uses: KFP
    caches a task by all that it is given.

    Args:
        box: of the wiring.
        others: sub-pipelines of the boxes that it opens.
        sharding: a choice of whoever compiles.
    """
    wiring = inspect.unwrap(box)
    hints = get_type_hints(wiring)
    outputs = hints.pop("return")
    tasks, settings = record(box)
    classes = {task.declaration.stage_class for task in tasks}
    fixed = sharding.placement is not None
    placed_by = () if fixed else tuple(field.name for field in fields_of(classes))
    parameters = [
        Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=_annotation(kind))
        for name, kind in hints.items()
        if kind is not Settings
    ]
    parameters += [
        Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=dict) for name in settings
    ]
    fields = get_type_hints(outputs)
    kfp_outputs: Any = NamedTuple(  # type: ignore[misc]  # Its fields are known when this runs.
        "Outputs", [(name, kfp_type(kind)) for name, kind in fields.items()]
    )

    def pipeline(**values: Any) -> Any:
        placement = {name: values[name] for name in placed_by}
        arguments = {
            name: setting_channels(values) if kind is Settings else values[name]
            for name, kind in hints.items()
        }
        with building(KfpBuilder(others, placement, sharding.loops)):
            result = wiring(**arguments)
        return kfp_outputs(**result._asdict())

    described = "\n".join(f"    {name}: Settings of {name}." for name in settings)
    text = inspect.getdoc(wiring) or ""
    pipeline.__name__ = wiring.__name__
    pipeline.__doc__ = text.replace("    settings: Of all stages.", described)
    pipeline.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # KFP goes by it.
        parameters, return_annotation=kfp_outputs
    )
    name = wiring.__name__.replace("_", "-")
    return dsl.pipeline(name=name)(sharding.placed(classes)(pipeline)), settings


def _annotation(kind: Any) -> Any:
    """What KFP calls a parameter of `kind`."""
    port = Port(name="", kind=kind, output=False)
    if port.is_artifact:
        return Input[kfp_type(kind)]
    return dict if port.is_settings else kind
