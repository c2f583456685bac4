"""The house rules that no linter knows: keywords, rooms, docstrings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.test_imports import ROOT

SOURCES = ("pass_ops", "components", "pipelines", "benchmarks", "manifests")
LIMIT = 3
# Described by the stage's declaration, from which their docstrings are made.
COMPONENTS = ("components/",)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions() -> Iterator[tuple[str, Function]]:
    """Every function of the sources, with its file."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, Function):
                    yield name, node


def names(arguments: list[ast.arg]) -> list[str]:
    return [argument.arg for argument in arguments if argument.arg not in ("self", "cls")]


def test_more_than_three_parameters_are_named_by_keyword() -> None:
    offenders = []
    for file, function in functions():
        by_position = names(function.args.posonlyargs + function.args.args)
        count = len(by_position) + len(function.args.kwonlyargs)
        if count > LIMIT and by_position:
            offenders.append(f"{file}:{function.lineno} {function.name}")
    assert offenders == []


def test_no_call_has_six_or_more_positional_arguments() -> None:
    offenders = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for folder in SOURCES
        for path in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and len(node.args) >= 6
    ]
    assert offenders == []


def test_dataclasses_with_more_than_three_fields_are_made_by_keyword() -> None:
    offenders = []
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef):
                    made = [ast.unparse(one) for one in node.decorator_list]
                    fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                    plain = [one for one in made if one.startswith("dataclass")]
                    if plain and len(fields) > LIMIT and "kw_only=True" not in plain[0]:
                        offenders.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert offenders == []


def test_no_folder_holds_more_than_twenty_files() -> None:
    folders = {
        path.parent
        for top in (*SOURCES, "tests", "docs", "images", "params")
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    crowded = {
        str(folder.relative_to(ROOT)): count
        for folder in folders
        if (count := sum(1 for path in folder.iterdir() if path.is_file())) > 20
    }
    assert crowded == {}


def test_every_public_class_and_function_opens_with_a_sentence() -> None:
    offenders = []
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            # Stages' components: see COMPONENTS.
            if path.parent.parent.name == "components":
                continue
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
                    paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
                    if not paragraph.rstrip().endswith("."):
                        offenders.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert offenders == []


def test_parameters_are_documented() -> None:
    """Of public functions with two or more parameters, at least nine in ten name every one of them
    in their docstring.
    """
    documented, undocumented = [], []
    for file, function in functions():
        parameters = names(
            function.args.posonlyargs + function.args.args + function.args.kwonlyargs
        )
        if len(parameters) < 2 or function.name.startswith("_") or file.startswith(COMPONENTS):
            continue
        text = ast.get_docstring(function) or ""
        complete = all(re.search(rf"\b{re.escape(name)}\b", text) for name in parameters)
        # What a command says of its options stands in their annotations.
        complete = complete or "typer" in ast.unparse(function) or "Option" in ast.unparse(function)
        (documented if complete else undocumented).append(f"{file}: {function.name}")
    assert len(documented) >= 9 * len(undocumented), undocumented
