"""Imports point one way (docs/architecture.md): pipelines, components, pass_ops and its layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("pass_ops", "components", "pipelines")
SHARED = {"models", "engine", "data", "config", "storage", "tracking", "paths", "errors"}
# What each part of pass_ops may import of the others. Evaluation's diagnostics judge descriptors by
# k-means, and it matches by the assignment that aligns clusterings; the threshold and the
# checkpoint are chosen by evaluation's metrics.
ALLOWED = {
    "errors": set(),
    "paths": set(),
    "program": {"errors"},
    "versions": set(),
    "config": {"errors"},
    "tracking": {"storage.contents.links", "errors", "paths"},
    "storage": {"errors", "paths"},
    "data": {"config", "storage", "engine.cores", "engine.progress", "paths", "errors"},
    "engine": {"config", "storage", "tracking", "paths", "errors"},
    "models": {"config", "engine", "storage", "paths", "errors"},
    "representation": SHARED,
    "clustering": SHARED,
    "denoising": SHARED | {"clustering"},
    "evaluation": SHARED
    | {"versions"}
    | {
        f"clustering.{name}"
        for name in (
            *("assignment", "count.curve", "features", "files", "kmeans", "labels"),
            "rows",
        )
    },
    # Masks come from whatever promptable segmenter a stage is handed.
    "pseudo_labels": SHARED | {"clustering", "evaluation", "sam"},
    "sam": SHARED,
    # Uses a model, and needs no Jittor.
    "serving": SHARED | {"evaluation"},
    "comparison": SHARED | {"evaluation"},
    "export": SHARED | {"evaluation", "serving", "versions"},
    "segmentation": SHARED | {"clustering", "evaluation", "pseudo_labels"},
}


def modules() -> dict[str, Path]:
    """Every module by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def known(name: str, names: set[str]) -> str | None:
    """The module of `names` that `name` is, or is an attribute of."""
    if name in names:
        return name
    parent = name.rpartition(".")[0]
    return parent if parent in names else None


@cache
def imports_of_modules() -> dict[str, set[str]]:
    """Each module's imports of other modules of ours."""
    files = modules()
    names = set(files)
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        targets = (
            known(target, names) for target in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
        found[name] = {target for target in targets if target and target != name}
    return found


def test_the_scan_sees_imports_inside_functions_and_of_names() -> None:
    tree = ast.parse("import a.b\ndef f():\n    from c.d import e, g")
    assert list(imports(tree)) == ["a.b", "c.d.e", "c.d.g"]
    assert known("c.d.e", {"c.d", "c"}) == "c.d"


def test_nothing_imports_upwards() -> None:
    assert len(imports_of_modules()) > 100
    assert {target for targets in imports_of_modules().values() for target in targets} > {
        "pass_ops.errors",
        "components.base",
    }
    below = {"pass_ops": set(), "components": {"pass_ops"}, "pipelines": {"pass_ops", "components"}}
    offenders = [
        (name, target)
        for name, targets in imports_of_modules().items()
        for target in targets
        if (package := name.split(".")[0]) != target.split(".")[0]
        and target.split(".")[0] not in below[package]
    ]
    assert offenders == []


def test_parts_of_the_library_import_only_what_they_may() -> None:
    parts = {name.split(".")[1] for name in imports_of_modules() if name.startswith("pass_ops.")}
    # Stages, their graph, its plan and the command line, that of `data` as well, stand above all
    # parts.
    assert parts == {*ALLOWED, "stages", "graph", "planning", "commands", "cli", "start"}
    offenders = []
    for name, targets in imports_of_modules().items():
        package, _, rest = name.partition(".")
        part = rest.split(".")[0]
        if package != "pass_ops" or part not in ALLOWED or name == "pass_ops.data.cli":
            continue
        for target in targets:
            inner = target.partition(".")[2]
            if not {inner, inner.split(".")[0]} & (ALLOWED[part] | {part}):
                offenders.append((name, target))
    assert offenders == []


def test_there_are_no_cycles() -> None:
    # Raises CycleError, which names the cycle.
    assert len(list(TopologicalSorter(imports_of_modules()).static_order())) == len(
        imports_of_modules()
    )


def test_the_library_knows_nothing_of_kubeflow() -> None:
    offenders = [
        name
        for name, path in modules().items()
        if name.startswith("pass_ops")
        and any(
            target.split(".")[0] == "kfp"
            for target in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert offenders == []


def test_jittor_is_imported_in_one_place() -> None:
    importers = {
        name
        for name, path in modules().items()
        if any(
            target.split(".")[0] == "jittor"
            for target in imports(ast.parse(path.read_text(encoding="utf-8")))
        )
    }
    assert importers == {"pass_ops.engine.jittor"}
