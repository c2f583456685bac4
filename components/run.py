"""Run a component of this package: `python3 -m components.run --function_to_execute NAME
--executor_input JSON`, the arguments that KFP gives every component.

KFP's compiler (2.17.0) writes a component's source into its command line, which a cluster then
keeps eight times for each task; our images hold the source anyway, so that its name will do
(`pipelines.packages.shrinking`).
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kfp.dsl.executor import Executor

from pass_ops.engine.mounted import take_mounted

MODULES = {path.stem: path for path in Path(__file__).parent.glob("*/*.py")}
COMMAND = ("python3", "-m", "components.run")


def component_of(name: str) -> Any:
    """The component `name`, from the folder of this package that it lies in."""
    return getattr(importlib.import_module(f"components.{MODULES[name].parent.name}.{name}"), name)


def main(arguments: Sequence[str]) -> None:
    """Run the component that the command line names."""
    parser = argparse.ArgumentParser(prog="python3 -m components.run", description="Run a stage.")
    parser.add_argument("--function_to_execute", required=True, choices=MODULES, metavar="NAME")
    parser.add_argument("--executor_input", required=True, type=json.loads, metavar="JSON")
    options = parser.parse_args(arguments)
    take_mounted()
    component = component_of(options.function_to_execute)
    Executor(options.executor_input, component).execute()


if __name__ == "__main__":
    main(sys.argv[1:])
