"""A page of every stage in Markdown: what it does, what it takes and writes, its settings."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence

import docstring_parser

import pass_ops.stages  # noqa: F401  Declares the stages.
from pass_ops.config.settings import CONFIGS
from pass_ops.graph.recorder import Setting, training_tasks
from pass_ops.stages.declaration import DECLARATIONS, Declaration, Port
from pipelines.site.settings_table import settings_table

_CLASSES = {
    "train": "trains, on accelerators for hours or days",
    "infer": "runs a network",
    "post": "needs no accelerator",
}


def stage_pages() -> dict[str, str]:
    """Markdown by the name of the stage: those of the training in their order, then the others."""
    trained = [task.declaration.name for task in training_tasks().values()]
    names = dict.fromkeys([*trained, *DECLARATIONS])
    return {name: _page(DECLARATIONS[name]) for name in names}


def _page(declaration: Declaration) -> str:
    text = docstring_parser.parse(inspect.getdoc(declaration.stage) or "")
    meanings = {field.arg_name: field.description or "" for field in text.params}
    # Parameters and settings too, which have no sections of their own.
    inputs = [port for port in declaration.inputs if not port.is_settings]
    tasks = [task for task in training_tasks().values() if task.declaration is declaration]
    keys = dict.fromkeys(
        value.name
        for task in tasks
        for value in task.values.values()
        if isinstance(value, Setting) and value.name in CONFIGS
    )
    # What a user writes: the command, and how its uses are told apart.
    uses = [str(task.values[declaration.named_by]) for task in tasks if declaration.named_by]
    option = f" --{declaration.named_by.replace('_', '-')} {uses[0]}" if uses else ""
    facts = [
        *([f"step {declaration.step} of [the method](../method.md)"] if declaration.step else []),
        _CLASSES[declaration.stage_class],
        *([f"used for {', '.join(uses)}"] if uses else []),
        f"main metric `{declaration.headline}`",
    ]
    command = f"pass-ops {declaration.name.replace('_', '-')}{option}"
    parts = [
        # Wide tables have their room.
        "---\nhide: [toc]\n---",
        f"# {declaration.name}",
        "\n\n".join(filter(None, (text.short_description, text.long_description))),
        f"{'; '.join(facts)}.".capitalize(),
        *([f"```\n{command} --profile small --output work\n```"] if tasks and keys else []),
        *_ports("Inputs", inputs, meanings),
        *_ports("Outputs", declaration.outputs, meanings),
        *(f"## Settings: `{key}`\n\n{settings_table(key)}" for key in keys),
    ]
    return "\n\n".join(parts) + "\n"


def _ports(heading: str, ports: Sequence[Port], meanings: Mapping[str, str]) -> list[str]:
    """A section of inputs or outputs; none where there are none.

    Args:
        heading: of the section.
        ports: of the stage.
        meanings: by name.
    """
    if not ports:
        return []
    rows = "".join(
        f"| `{port.name}` | {_kind(port)} | {' '.join(meanings.get(port.name, '').split())} |\n"
        for port in ports
    )
    return [f"## {heading}\n\n| name | kind | |\n|---|---|---|\n{rows}"]


def _kind(port: Port) -> str:
    name = getattr(port.kind, "__name__", str(port.kind))
    return name.removesuffix("Path") if port.is_artifact else f"parameter, {name}"
