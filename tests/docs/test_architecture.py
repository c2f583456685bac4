"""`docs/architecture.md`: its charts are those of the compiled packages, its layers those of the
imports.
"""

from __future__ import annotations

import re
from graphlib import TopologicalSorter

import pytest

from pipelines.diagrams import CHART, PAGE, charts, with_charts
from tests.test_imports import imports_of_modules

TEXT = PAGE.read_text(encoding="utf-8")
# Modules that hold no layer of their own.
BESIDE = {
    "errors": "paths",
    "versions": "paths",
    "program": "paths",
    "cli": "commands",
    "start": "commands",
}


def test_the_charts_are_those_of_the_compiled_packages() -> None:
    # Where the wiring was meant to change: make diagrams.
    assert with_charts(TEXT) == TEXT


def test_every_pipeline_and_sub_pipeline_has_a_chart() -> None:
    names = [name for _, name in CHART.findall(TEXT)]
    assert len(names) == len(set(names)) == 7
    assert {"pass-training", "pass-evaluation", "denoising"} < set(names)


def test_a_chart_says_what_flows() -> None:
    source = {"taskOutputArtifact": {"producerTask": "a", "outputArtifactKey": "labels"}}
    inputs = {"artifacts": {"given": source, "labels": source, "dataset": source}}
    dag = {
        "tasks": {
            "a": {"taskInfo": {"name": "first"}},
            "b": {"taskInfo": {"name": "second"}, "inputs": inputs},
        }
    }
    package = {"pipelineInfo": {"name": "p"}, "root": {"dag": dag}, "components": {}}
    assert charts(package) == {
        "p": "flowchart TD\n    task_a[first]\n    task_b[second]\n"
        '    task_a -->|"labels, labels as given"| task_b'
    }


@pytest.fixture(scope="module")
def layers() -> dict[str, set[str]]:
    """What each layer of the picture points to."""
    picture = TEXT.partition("<!-- layers -->")[2].partition("```\n")[0]
    # `graph` alone is a word of Mermaid's.
    plain = picture.replace("graph_", "graph")
    arrows = re.findall(r"^ +(\w+)(?:\[.*?\])? --> (\w+)", plain, re.MULTILINE)
    assert len(arrows) > 20
    layers: dict[str, set[str]] = {}
    for start, end in arrows:
        layers.setdefault(start, set()).add(end)
    return layers


def test_the_arrows_between_layers_form_no_circle(layers: dict[str, set[str]]) -> None:
    order = list(TopologicalSorter(layers).static_order())
    assert order[0] == "paths"
    assert {"pipelines", "commands"} == set(layers) - set().union(*layers.values())


def test_every_import_follows_the_arrows(layers: dict[str, set[str]]) -> None:
    def below(layer: str) -> set[str]:
        return {layer}.union(*(below(lower) for lower in layers.get(layer, ())))

    def layer_of(module: str) -> str:
        parts = module.split(".")
        part = parts[1] if parts[0] == "pass_ops" and len(parts) > 1 else parts[0]
        # `pass-ops data` stands above all of the library, as the command line does.
        return "commands" if module == "pass_ops.data.cli" else BESIDE.get(part, part)

    offenders = sorted(
        {
            f"{layer_of(module)} imports {layer_of(target)}"
            for module, targets in imports_of_modules().items()
            for target in targets
            if layer_of(target) not in below(layer_of(module)) | {"pass_ops"}
        }
    )
    assert offenders == []
