"""Pictures of the compiled pipelines in `docs/architecture.md`: `python -m pipelines.diagrams`, or
`make diagrams`.

Each pipeline and sub-pipeline is a Mermaid chart of its tasks. An arrow says what flows: `a as b`
where an output of one task is an input of the other under another name. The pointer to the data
set and the settings, which go to nearly every task, are left out, and so are tasks without arrows.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pass_ops.program import run_program
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pipelines.compile import cluster_pipelines, compile_pipeline
from pipelines.packages.documents import documents_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
CHART = re.compile(r"(<!-- chart: ([\w-]+) -->\n)```mermaid\n.*?```", re.DOTALL)
# Everybody reads it: arrows of it would hide the others.
EVERYWHERE = "dataset"

Spec = Mapping[str, Any]


def charts(package: Spec) -> dict[str, str]:
    """The charts of a compiled pipeline by name: its own, and those of its sub-pipelines.

    Args:
        package: the PipelineSpec as KFP's compiler wrote it.
    """
    dags = {package["pipelineInfo"]["name"]: package["root"]} | {
        name.removeprefix("comp-"): component
        for name, component in package["components"].items()
        if "dag" in component
    }
    return {name: chart(component) for name, component in dags.items()}


def chart(component: Spec) -> str:
    """The Mermaid chart of a pipeline or sub-pipeline, a component with a graph of tasks."""
    tasks = component["dag"]["tasks"]
    sources = component.get("inputDefinitions", {}).get("artifacts", {})
    inputs = [f"    {_id('in', name)}([{name}])" for name in sources if name != EVERYWHERE]
    outputs: list[str] = []
    arrows: dict[tuple[str, str], list[str]] = {}
    for name, task in tasks.items():
        for target, source in task.get("inputs", {}).get("artifacts", {}).items():
            if target != EVERYWHERE:
                start, output = _source(source)
                arrows.setdefault((start, _id("task", name)), []).append(_label(output, target))
    for target, start, output in _outputs(component):
        outputs.append(f"    {_id('out', target)}([{target}])")
        arrows.setdefault((start, _id("out", target)), []).append(output)
    ends = {end for arrow in arrows for end in arrow}
    boxes = [
        f"    {_id('task', name)}[{task['taskInfo']['name']}]"
        for name, task in sorted(tasks.items())
        if _id("task", name) in ends
    ]
    lines = [
        f'    {start} -->|"{", ".join(sorted(labels))}"| {end}'
        for (start, end), labels in sorted(arrows.items())
    ]
    return "\n".join(["flowchart TD", *inputs, *boxes, *outputs, *lines])


def _outputs(component: Spec) -> Iterator[tuple[str, str, str]]:
    """Name, producer and its output, of each artifact that the component hands on."""
    outputs = component["dag"].get("outputs", {}).get("artifacts", {})
    for name, output in sorted(outputs.items()):
        (selector,) = output["artifactSelectors"]
        yield name, _id("task", selector["producerSubtask"]), selector["outputArtifactKey"]


def _source(source: Spec) -> tuple[str, str]:
    """Where an input comes from: a node's id, and the output that it is."""
    if "taskOutputArtifact" in source:
        output = source["taskOutputArtifact"]
        return _id("task", output["producerTask"]), output["outputArtifactKey"]
    name = source["componentInputArtifact"]
    return _id("in", name), name


def _label(output: str, target: str) -> str:
    return output if output == target else f"{output} as {target}"


def _id(kind: str, name: str) -> str:
    """An id that Mermaid takes: `end` alone, for one, is a word of its own there."""
    return f"{kind}_{name.replace('-', '_')}"


def with_charts(page: str) -> str:
    """The text of the page with its charts as the pipelines of today compile.

    Raises:
        KeyError: it has a chart of no pipeline.
    """
    drawn: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, pipeline in cluster_pipelines().items():
            package = Path(folder) / f"{name}.yaml"
            compile_pipeline(pipeline, package)
            spec, _ = documents_of(package)
            drawn |= charts(spec)
    return CHART.sub(lambda match: f"{match[1]}```mermaid\n{drawn[match[2]]}\n```", page)


def draw() -> None:
    """Draw the charts of the page anew."""
    text = PAGE.read_text(encoding="utf-8")
    with atomic_path(PAGE, ANY_FILE) as temporary:
        temporary.write_text(with_charts(text), encoding="utf-8")
    print(f"{PAGE.name} has the charts of the pipelines as they compile")


if __name__ == "__main__":
    sys.exit(run_program(draw, sys.argv[1:], "python -m pipelines.diagrams"))
