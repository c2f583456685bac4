"""Decorators that give a pipeline the placement inputs, and place its tasks by them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from inspect import Parameter
from typing import Any

from kfp.dsl import pipeline_context

from components.base import STAGE_CLASSES
from pipelines.placement.inputs import INPUTS, NAMES
from pipelines.placement.task import place_task


def placed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function of a sub-pipeline all of `INPUTS` as parameters, and place each task that
    it makes by them.

    `function` takes `**placement` beside its own parameters, and hands it on to the sub-pipelines
    that it calls. Stands below `dsl.pipeline`.
    """
    return _placed(function, {})


def placed_root(function: Callable[..., Any]) -> Callable[..., Any]:
    """As `placed`, for a pipeline that is run by itself: the parameters have defaults."""
    return _placed(function, {one.name: one.default for one in INPUTS})


def _placed(function: Callable[..., Any], defaults: Mapping[str, Any]) -> Callable[..., Any]:
    """`function` with the parameters that KFP is to see.

    KFP (2.17.0) knows a pipeline by its signature and its docstring alone: it passes one channel
    for each parameter of the signature, by position, and takes descriptions from the docstring. So
    both are made here; without, `**placement` would be refused as a parameter without a type.

    Args:
        function: takes its own parameters and those of `INPUTS`, all by keyword.
        defaults: values of placement inputs by name; one without is an input that must be given.
    """
    signature = inspect.signature(function)
    own = [
        parameter.replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
        for parameter in signature.parameters.values()
        if parameter.kind is not Parameter.VAR_KEYWORD
    ]
    placement = [
        Parameter(
            one.name,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=defaults.get(one.name, Parameter.empty),
            annotation=type(one.default),
        )
        for one in INPUTS
    ]
    # Those without a default come first, as in any signature.
    parameters = sorted(
        [*own, *placement], key=lambda parameter: parameter.default is not Parameter.empty
    )

    def pipeline(*channels: Any) -> Any:
        names = [parameter.name for parameter in parameters]
        values = dict(zip(names, channels, strict=True))
        outputs = function(**values)
        _place_tasks({name: values[name] for name in NAMES})
        return outputs

    about = "\n".join(f"    {one.name}: {one.about}" for one in INPUTS)
    pipeline.__name__ = function.__name__
    pipeline.__doc__ = f"{inspect.getdoc(function)}\n{about}\n"
    pipeline.__signature__ = signature.replace(  # type: ignore[attr-defined]  # What KFP goes by.
        parameters=parameters
    )
    return pipeline


def _place_tasks(values: Mapping[str, Any]) -> None:
    """Place the tasks of the pipeline that is being compiled; those of its sub-pipelines are placed
    already.

    Args:
        values: channels of the placement inputs by name.
    """
    for task in pipeline_context.Pipeline.get_default_pipeline().tasks.values():
        if task.container_spec is not None:
            place_task(task, STAGE_CLASSES[task.component_spec.name], values)
