"""The wiring (`pass_ops.graph`) under KFP's compiler: stages are tasks, boxes sub-pipelines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast, get_type_hints

from components.run import component_of
from pass_ops.config.settings import Settings
from pass_ops.graph.loops import Loop
from pass_ops.stages.declaration import SHARE, Stage
from pipelines.steps.sharding import shared_work

Outputs = TypeVar("Outputs")


def setting_channels(channels: Mapping[str, Any]) -> Settings:
    """What wiring takes for `Settings`: each attribute is the channel of its name in `channels`."""
    return cast(Settings, _SettingChannels(channels))


class _SettingChannels:
    def __init__(self, channels: Mapping[str, Any]) -> None:
        self._channels = channels

    def __getattr__(self, name: str) -> Any:
        return self._channels[name]


class KfpBuilder:
    """A builder that makes tasks of the pipeline that is being compiled.

    Args:
        sub_pipelines: KFP's sub-pipeline of each box by the box's name, and the names of the
            settings that it takes. The stages of a box that has none are tasks like all others.
        placement: channels of the placement's fields by name; a sub-pipeline gets those that it
            takes.
        loops: stages whose work is shared, by name.
    """

    def __init__(
        self,
        sub_pipelines: Mapping[str, tuple[Any, tuple[str, ...]]],
        placement: Mapping[str, Any],
        loops: Mapping[str, Loop],
    ) -> None:
        self._sub_pipelines, self._placement, self._loops = sub_pipelines, placement, loops

    def add(self, stage: Stage) -> dict[str, Any]:
        """Make a task; its outputs are channels. It comes after those that share its work."""
        declaration = stage.declaration
        inputs = {
            port.name: getattr(stage, port.name)
            for port in declaration.inputs
            if port.name != SHARE
        }
        component = component_of(declaration.name)
        before = list(
            shared_work(
                declaration=declaration, component=component, inputs=inputs, loops=self._loops
            )
        )
        task = component(**inputs).after(*before)
        if not declaration.cached:
            task.set_caching_options(False)
        # Within a sub-pipeline the name can be a channel: what it will be is not known yet.
        if declaration.named_by and isinstance(inputs[declaration.named_by], str):
            task.set_display_name(declaration.run_name(inputs).replace("_", "-"))
        return {port.name: task.outputs[port.name] for port in declaration.outputs}

    def open(self, box: Callable[..., Outputs], arguments: Mapping[str, Any]) -> Outputs:
        """Make a task of a sub-pipeline, where the box has one."""
        if box.__name__ not in self._sub_pipelines:
            return box(**arguments)
        sub_pipeline, settings = self._sub_pipelines[box.__name__]
        hints = get_type_hints(box)
        values: dict[str, Any] = {}
        for name, value in arguments.items():
            if hints[name] is Settings:
                values |= {setting: getattr(value, setting) for setting in settings}
            else:
                values[name] = value
        inputs = sub_pipeline.component_spec.inputs
        placement = {name: value for name, value in self._placement.items() if name in inputs}
        task = sub_pipeline(**values, **placement)
        use = values.get("name", values.get("split"))
        if isinstance(use, str):
            task.set_display_name(f"{box.__name__}-{use}".replace("_", "-"))
        kind: Any = hints["return"]
        return kind(**{name: task.outputs[name] for name in kind._fields})
