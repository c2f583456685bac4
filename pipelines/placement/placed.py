"""Decorators that give a pipeline its placement, and place its tasks by it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from inspect import Parameter
from typing import Any

from kfp.dsl import pipeline_context

from components.base import STAGE_CLASSES
from components.placement import FIELDS, Field
from components.preparation.resolve_placement import resolve_placement
from pass_ops.stages.declaration import StageClass
from pipelines.placement.task import place_first_task, place_task

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def fields_of(classes: Collection[StageClass]) -> tuple[Field, ...]:
    """The fields that tasks of these classes are placed by.

    An input that travels through a sub-pipeline is written down some six times in the workflow.
    """
    others = {"train", "infer", "post"} - set(classes)
    unused = {"kernel_claim"} if set(classes) <= {"post"} else set()
    return tuple(
        one for one in FIELDS if one.name.partition("_")[0] not in others and one.name not in unused
    )


def placed(classes: Collection[StageClass]) -> Decorator:
    """A decorator that gives the function of a sub-pipeline the fields of the placement as
    parameters, and places each task that it makes by them.

    The function takes `**placement` beside its own parameters, and hands it on to the sub-pipelines
    that it calls. Stands below `dsl.pipeline`.

    Args:
        classes: those of the function's tasks, and of those of the sub-pipelines that it calls.
    """
    fields = fields_of(classes)

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def pipeline(**values: Any) -> Any:
            outputs = function(**values)
            _place_tasks({field.name: values[field.name] for field in fields})
            return outputs

        inputs = [_required(field) for field in fields]
        about = "\n".join(f"    {field.name}: {field.about}" for field in fields)
        return _as_pipeline(pipeline=pipeline, function=function, inputs=inputs, about=about)

    return decorate


def placed_root(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a pipeline that is run by itself its placement.

    The function's parameter `placement` is one object to users; the function itself gets a channel
    for each of its fields by name, from a first task that checks them. KFP (2.17.0) cannot take the
    fields of an object: what places a task must be a whole parameter or output
    (backend/src/v2/driver/resolve.go, resolveInputParameter). Stands below `dsl.pipeline`.
    """

    def pipeline(**values: Any) -> Any:
        first = resolve_placement(placement=values["placement"])
        fields = {field.name: first.outputs[field.name] for field in FIELDS}
        place_first_task(first)
        outputs = function(**values | {"placement": fields})
        _place_tasks(fields)
        return outputs

    return _as_pipeline(pipeline=pipeline, function=function, inputs=[], about="")


def placed_by(values: Mapping[str, Any]) -> Decorator:
    """A decorator that places each task that a pipeline or sub-pipeline makes by values that are
    known when it is compiled, so that it has no input for them. Stands below `dsl.pipeline`.

    Args:
        values: of all fields of the placement, by name.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        extra: dict[str, Any] = (
            {"placement": {}} if "placement" in inspect.signature(function).parameters else {}
        )

        def pipeline(**arguments: Any) -> Any:
            outputs = function(**arguments, **extra)
            _place_tasks(values)
            return outputs

        return _as_pipeline(
            pipeline=pipeline, function=function, inputs=[], about="", without=tuple(extra)
        )

    return decorate


def _required(field: Field) -> Parameter:
    kind = type(field.default)
    return Parameter(field.name, Parameter.POSITIONAL_OR_KEYWORD, annotation=kind)


def _as_pipeline(
    *,
    pipeline: Callable[..., Any],
    function: Callable[..., Any],
    inputs: list[Parameter],
    about: str,
    without: tuple[str, ...] = (),
) -> Callable[..., Any]:
    """A function that `dsl.pipeline` can take.

    KFP (2.17.0) knows a pipeline by its signature and its docstring alone: it passes one channel
    for each parameter of the signature, by position, and takes descriptions from the docstring. So
    both are made here; without, `**placement` would be refused as a parameter without a type.

    Args:
        pipeline: what it does, with all parameters by keyword.
        function: has the parameters, but for `**placement`, and the docstring.
        inputs: more parameters.
        about: their descriptions.
        without: parameters of `function` that the pipeline has not.
    """
    signature = inspect.signature(function)
    own = [
        parameter.replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
        for parameter in signature.parameters.values()
        if parameter.kind is not Parameter.VAR_KEYWORD and parameter.name not in without
    ]
    # Those without a default come first, as in any signature.
    parameters = sorted(
        [*own, *inputs], key=lambda parameter: parameter.default is not Parameter.empty
    )

    def by_position(*channels: Any) -> Any:
        names = [parameter.name for parameter in parameters]
        return pipeline(**dict(zip(names, channels, strict=True)))

    by_position.__name__ = function.__name__
    by_position.__doc__ = f"{inspect.getdoc(function)}\n{about}\n"
    by_position.__signature__ = signature.replace(  # type: ignore[attr-defined]  # KFP goes by it.
        parameters=parameters
    )
    return by_position


def _place_tasks(values: Mapping[str, Any]) -> None:
    """Place the tasks of the pipeline that is being compiled; those of its sub-pipelines are placed
    already.

    Args:
        values: channels of the placement's fields by name, or what they are.
    """
    for task in pipeline_context.Pipeline.get_default_pipeline().tasks.values():
        name = task.component_spec.name
        if task.container_spec is not None and name != resolve_placement.name:
            place_task(task, STAGE_CLASSES[name], values)
