"""`docs/method.md`: every section that the source cites exists, every stage is in its table."""

from __future__ import annotations

import re
from pathlib import Path

import pass_ops.stages  # noqa: F401  Declares the stages.
from pass_ops.graph.recorder import training_tasks
from pass_ops.stages.declaration import DECLARATIONS

ROOT = Path(__file__).resolve().parents[2]
METHOD = (ROOT / "docs" / "method.md").read_text(encoding="utf-8")
SECTIONS = set(re.findall(r"^#{2,3} (\d+(?:\.\d+)?)\.? ", METHOD, re.MULTILINE))
# "method 9.5", "method 9.2, 9.3 and 9.5", "method 9.4 to 9.6", also across a line's end.
CITATION = re.compile(
    r"\b[Mm]ethod[\s#]+(\d+(?:\.\d+)?(?:(?:,|[\s#]+and|[\s#]+to)[\s#]+\d+(?:\.\d+)?)*)"
)
CITING = ("*.py", "*.yaml", "*.md", "Makefile")


def citations() -> dict[str, list[str]]:
    """The sections that each file cites."""
    files = [
        path
        for pattern in CITING
        for folder in (ROOT, *(path for path in ROOT.iterdir() if path.is_dir()))
        for path in (folder.glob(pattern) if folder == ROOT else folder.rglob(pattern))
        if not any(part.startswith((".", "build", "runs")) for part in path.relative_to(ROOT).parts)
    ]
    found = {}
    for path in files:
        numbers = [
            number
            for cited in CITATION.findall(path.read_text(encoding="utf-8"))
            for number in re.findall(r"\d+(?:\.\d+)?", cited)
        ]
        if numbers:
            found[str(path.relative_to(ROOT))] = numbers
    return found


def test_a_citation_is_recognised_in_every_form() -> None:
    assert CITATION.findall("(method 9.5)") == ["9.5"]
    assert CITATION.findall("see method 9.2, 9.3 and 9.5.") == ["9.2, 9.3 and 9.5"]
    assert CITATION.findall("Method 4.5 to 4.8; method\n    7") == ["4.5 to 4.8", "7"]
    assert CITATION.findall("this method is 3 times faster") == []


def test_every_cited_section_exists() -> None:
    found = citations()
    assert sum(map(len, found.values())) > 150
    missing = {
        name: sorted(set(numbers) - SECTIONS)
        for name, numbers in found.items()
        if set(numbers) - SECTIONS
    }
    assert missing == {}


def test_no_document_outside_of_the_repository_is_cited() -> None:
    offenders = [
        str(path.relative_to(ROOT))
        for folder in ("pass_ops", "components", "pipelines", "benchmarks", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".md", ".yaml")
        and re.search(r"\bALGORITHMS\b|\bARCHITECTURE\b", path.read_text(encoding="utf-8"))
    ]
    assert offenders == []


def test_the_table_of_steps_names_every_component_and_its_folder() -> None:
    table = METHOD[METHOD.index("\n## 2. ") : METHOD.index("\n### 2.1")]
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in table.splitlines()
        if line.startswith("|")
    ]
    in_training = {task.declaration.name for task in training_tasks().values()}
    for name, declaration in DECLARATIONS.items():
        own = [row for row in rows if name in re.split(r"[, ]+", row[-1])]
        assert own, f"no row of docs/method.md 2 has the component {name}"
        steps = {step for row in own for step in row[0].split(", ")}
        wanted = set(declaration.step.split(", ")) - {""} or {"–"}
        assert wanted <= steps, f"{name}: {declaration.step} is {steps} in docs/method.md 2"
        for *_, folder, command, _ in own:
            assert all((ROOT / "pass_ops" / one).is_dir() for one in folder.split(", ")), name
            if name in in_training - {"validate_data"}:
                assert name.replace("_", "-") in command, name
