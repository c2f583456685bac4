"""Stages of the image `post` import nothing that it lacks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.test_imports import imports, known, modules

COMPONENTS = Path(__file__).resolve().parents[2] / "components"
MODULES = modules()
LACKING = "pass_ops.engine.jittor"


def known_imports(nodes: Iterable[ast.AST]) -> set[str]:
    found = {known(name, set(MODULES)) for node in nodes for name in imports(node)}
    return {name for name in found if name}


def stage_imports() -> dict[str, set[str]]:
    """What each function of `pass_ops.stages` imports when it is called."""
    return {
        node.name: known_imports([node])
        for name, path in MODULES.items()
        if name.startswith("pass_ops.stages.")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


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


def called(image: str) -> dict[str, set[str]]:
    """The stage functions that each component of an image calls."""
    texts = {path.stem: path.read_text() for path in sorted(COMPONENTS.glob("*.py"))}
    return {
        name: set(re.findall(r"\bstages\.(\w+)\(", text))
        for name, text in texts.items()
        if f"@{image}_component" in text
    }


@pytest.mark.parametrize(
    ("component", "functions"), called("post").items(), ids=called("post").keys()
)
def test_a_stage_without_a_network_does_not_import_jittor(
    component: str, functions: set[str]
) -> None:
    assert functions, component
    starts = {"pass_ops.stages"}.union(*(stage_imports()[name] for name in functions))
    assert chain_to(LACKING, starts) == []


def test_a_training_does() -> None:
    assert chain_to(LACKING, stage_imports()["pretrain"])[-1] == LACKING
