"""One command per stage, and chains of stages, in the order of the graph."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from pass_ops.commands.job import Job
from pass_ops.commands.used import MASK_OPTIONS, used_by
from pass_ops.errors import ConfigError
from pass_ops.graph.recorder import Task, training_tasks
from pass_ops.stages.declaration import Declaration

# Commands that run several stages: their first and last task, and what they are for.
CHAINS = {
    "denoise": (
        "cluster_1",
        "diagnose_labels",
        "Steps 2.2 and 3: three clusterings, five classifiers, clean image labels; or some of the "
        "stages again.",
    ),
    "masks": (
        "search_threshold",
        "prompt_masks_round_1",
        "Steps 2.3 to 4.5: threshold, coarse labels, their outlines, the masks of round 1; or some "
        "of the stages again.",
    ),
}


def add_stages(app: typer.Typer) -> None:
    """Add the commands of all stages and chains to `app`."""
    by_stage: dict[str, list[Task]] = {}
    for task in training_tasks().values():
        # `pass-ops data` has a command of its own for it.
        if task.declaration.name != "validate_data":
            by_stage.setdefault(task.declaration.name, []).append(task)
    for tasks in by_stage.values():
        _add_stage(app, tasks[0].declaration, {_use(task): task for task in tasks})
    for name in CHAINS:
        _add_chain(app, name)


def _use(task: Task) -> str:
    """What tells a task apart from the others of its stage, such as the split, if anything does."""
    return str(task.values.get(task.declaration.named_by, ""))


def _steps(numbers: str) -> str:
    """How a help text begins: "Step 4.3: ", "Steps 5.1, 6.1: ", or nothing for what is no step."""
    if not numbers:
        return ""
    return f"Steps {numbers}: " if "," in numbers else f"Step {numbers}: "


def _add_stage(app: typer.Typer, declaration: Declaration, tasks: dict[str, Task]) -> None:
    """Add the command of a stage.

    Args:
        app: where to.
        declaration: of the stage.
        tasks: its uses in the graph by what tells them apart.
    """

    def choose(use: str = "") -> list[Task]:
        if use not in tasks:
            raise ConfigError(f"--{declaration.named_by} {use} is none of {', '.join(tasks)}")
        return [tasks[use]]

    text = (inspect.getdoc(declaration.stage) or "").partition("\n\nAttributes:")[0]
    extra: dict[str, Any] = {}
    if declaration.named_by:
        about = f"One of {', '.join(tasks)}."
        extra["use"] = Annotated[str, typer.Option(f"--{declaration.named_by}", help=about)]
    help_text = f"{_steps(declaration.step)}{text}"
    _add(
        app=app,
        name=declaration.name,
        text=help_text,
        tasks=tasks.values(),
        choose=choose,
        extra=extra,
    )


def _add_chain(app: typer.Typer, name: str) -> None:
    """Add the command of the chain `name`."""
    start, end, text = CHAINS[name]
    names = list(training_tasks())
    chain = names[names.index(start) : names.index(end) + 1]

    def choose(first: str = start, last: str = end) -> list[Task]:
        unknown = [task for task in (first, last) if task not in chain]
        if unknown:
            raise ConfigError(f"no task {unknown[0]} in {name}: its tasks are {', '.join(chain)}")
        selection = chain[chain.index(first) : chain.index(last) + 1]
        if not selection:
            raise ConfigError(f"{name} runs {last} before {first}: exchange --first and --last")
        return [training_tasks()[task] for task in selection]

    extra = {
        "first": Annotated[
            str,
            typer.Option(help="Task to begin with; those before it must lie in OUTPUT or --input."),
        ],
        "last": Annotated[str, typer.Option(help="Task to end with.")],
    }
    tasks = [training_tasks()[task] for task in chain]
    _add(app=app, name=name, text=text, tasks=tasks, choose=choose, extra=extra)


def _add(
    *,
    app: typer.Typer,
    name: str,
    text: str,
    tasks: Iterable[Task],
    choose: Callable[..., list[Task]],
    extra: dict[str, Any],
) -> None:
    """Add a command whose options are `extra` and those fields of `Job` that its tasks may use.

    Args:
        app: where to.
        name: of the stage or chain.
        text: its help.
        tasks: that it may run.
        choose: takes the options of `extra` by keyword, and returns the tasks to run.
        extra: types of further options by name; one without a default in `choose` must be given.
    """
    defaults = inspect.signature(choose).parameters

    def command(**options: Any) -> None:
        own = {option: options.pop(option) for option in extra}
        Job(tasks=choose(**own), **options).run()

    own = [
        inspect.Parameter(
            option,
            inspect.Parameter.KEYWORD_ONLY,
            annotation=kind,
            default=defaults[option].default or inspect.Parameter.empty,
        )
        for option, kind in extra.items()
    ]
    useless = {"tasks", *MASK_OPTIONS} - used_by(tasks)
    fields = [
        field
        for field in inspect.signature(Job, eval_str=True).parameters.values()
        if field.name not in useless
    ]
    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]  # Typer goes by it.
        [*own, *fields]
    )
    app.command(name.replace("_", "-"), help=text)(command)
