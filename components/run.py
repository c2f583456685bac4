"""Run a component of this package: `python3 -m components.run --function_to_execute NAME
--executor_input JSON`, the arguments that KFP gives every component.

KFP's compiler (2.17.0) writes a component's source into its command line, which a cluster then
keeps eight times for each task; our images hold the source anyway, so that its name will do
(`pipelines.packages.shrinking`).
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from kfp.dsl.executor import Executor

from components.train_job import training_on_pods
from pass_ops.engine.mounted import take_mounted
from pass_ops.errors import ConfigError
from pass_ops.program import run_program

MODULES = {path.stem: path for path in Path(__file__).parent.glob("*/*.py")}
COMMAND = ("python3", "-m", "components.run")


def component_of(name: str) -> Any:
    """The component `name`, from the folder of this package that it lies in."""
    return getattr(importlib.import_module(f"components.{MODULES[name].parent.name}.{name}"), name)


def run(
    *,
    function: Annotated[str, typer.Option("--function_to_execute", metavar="NAME")],
    executor_input: Annotated[
        dict[str, Any], typer.Option("--executor_input", metavar="JSON", parser=json.loads)
    ],
) -> None:
    """Run a stage."""
    if function not in MODULES:
        raise ConfigError(f"--function_to_execute {function}: there is no such component")
    take_mounted()
    # Of trainings alone, see `pipelines.placement.task`.
    pods = executor_input.get("inputs", {}).get("parameterValues", {}).get("pods", "")
    with training_on_pods(pods):
        Executor(executor_input, component_of(function)).execute()


def main(arguments: Sequence[str]) -> int:
    """Run the component that the command line names; returns the exit status."""
    return run_program(run, arguments, " ".join(COMMAND))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
