"""Stages of the image `post` import nothing that it lacks."""

from __future__ import annotations

import ast
from collections.abc import Iterable

import pytest

import pass_ops.stages  # noqa: F401  Declares the stages.
from pass_ops.stages.declaration import DECLARATIONS
from tests.test_imports import imports, known, modules

MODULES = modules()
LACKING = "pass_ops.engine.jittor"


def known_imports(nodes: Iterable[ast.AST]) -> set[str]:
    found = {known(name, set(MODULES)) for node in nodes for name in imports(node)}
    return {name for name in found if name}


def stage_imports() -> dict[str, set[str]]:
    """What each stage imports when it runs: its class's own imports, and those of the functions
    of its module that it calls.
    """
    found = {}
    for declaration in DECLARATIONS.values():
        tree = ast.parse(MODULES[declaration.stage.__module__].read_text()).body
        name = declaration.stage.__name__
        own = [node for node in tree if isinstance(node, ast.ClassDef) and node.name == name]
        beside = [node for node in tree if isinstance(node, ast.FunctionDef)]
        found[declaration.name] = known_imports([*own, *called(own, beside)])
    return found


def called(callers: Iterable[ast.AST], functions: list[ast.FunctionDef]) -> list[ast.FunctionDef]:
    """Those of `functions` that `callers` name, directly or by way of one another."""
    names = {node.id for one in callers for node in ast.walk(one) if isinstance(node, ast.Name)}
    found = [one for one in functions if one.name in names]
    rest = [one for one in functions if one.name not in names]
    return [*found, *called(found, rest)] if found else []


def chain_to(target: str, starts: set[str]) -> list[str]:
    """Modules that lead from one of `starts` to `target` by what they import when they are
    imported; empty if none do.
    """
    parents: dict[str, str | None] = dict.fromkeys(starts)
    todo = list(starts)
    while todo:
        name = todo.pop()
        if name == target:
            chain: list[str] = []
            step: str | None = name
            while step is not None:
                chain.append(step)
                step = parents[step]
            return chain[::-1]
        at_import = [
            node
            for node in ast.parse(MODULES[name].read_text()).body
            if not isinstance(node, ast.FunctionDef)
        ]
        new = known_imports(at_import) - parents.keys()
        parents.update(dict.fromkeys(new, name))
        todo.extend(new)
    return []


@pytest.mark.parametrize(
    "name", [one.name for one in DECLARATIONS.values() if one.stage_class == "post"]
)
def test_a_stage_without_a_network_does_not_import_jittor(name: str) -> None:
    starts = {"pass_ops.stages.run"} | stage_imports()[name]
    assert len(starts) > 1 or name == "validate_data", "the scan sees nothing of it"
    assert chain_to(LACKING, starts) == []


def test_a_training_does() -> None:
    assert chain_to(LACKING, stage_imports()["pretrain"])[-1] == LACKING
