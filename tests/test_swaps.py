"""Inputs that were exchanged by mistake are refused by mypy or by a test that takes seconds.

Each exchange is seeded in a copy of the repository: in the graph, in a stage's `run`, in a
component. Where the two are of different kinds, strict mypy refuses it. Where they are of one kind,
the charts of `docs/architecture.md` change, or a test of the stage or the component fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
COPIED = ("pass_ops", "components", "pipelines", "tests", "docs", "benchmarks", "pyproject.toml")
GRAPH, STAGES, COMPONENTS = "pass_ops/graph", "pass_ops/stages", "components"


@dataclass(frozen=True)
class Swap:
    """Two expressions that change places in a file, each after its own keyword.

    Attributes:
        file: of the repository.
        first, second: `keyword=expression`, each once in the file after `after`.
        after: text behind which they are looked for.
    """

    file: str
    first: str
    second: str
    after: str = ""

    def seed(self, root: Path) -> int:
        """Exchange the two in the copy at `root`; returns the line of the first."""
        text = (root / self.file).read_text(encoding="utf-8")
        start = text.index(self.after)
        head, tail = text[:start], text[start:]
        a, b = self.first.partition("="), self.second.partition("=")
        for pair in (self.first, self.second):
            assert len(re.findall(rf"\b{re.escape(pair)},", tail)) >= 1, f"{self.file}: {pair}"
        line = head.count("\n") + tail[: tail.index(f"{self.first},")].count("\n") + 1
        tail = tail.replace(f"{self.first},", f"{a[0]}=\0,", 1)
        tail = tail.replace(f"{self.second},", f"{b[0]}={a[2]},", 1)
        tail = tail.replace(f"{a[0]}=\0,", f"{a[0]}={b[2]},", 1)
        (root / self.file).write_text(head + tail, encoding="utf-8")
        return line


TYPED = {
    "validation and test in the report": Swap(
        f"{GRAPH}/training.py", "validation=scores.validation", "test=scores.test", "Report("
    ),
    "weights and centroids": Swap(
        f"{GRAPH}/training.py", "weights=denoised.features", "centroids=denoised.centroids"
    ),
    "the pre-trained and the attention network": Swap(
        f"{GRAPH}/training.py", "pretrained=networks.pretrained", "attention=networks.attention"
    ),
    "coarse and refined maps": Swap(
        f"{GRAPH}/training.py",
        "coarse=labels.coarse",
        "refined=labels.refined",
    ),
    "validation and test in the report's run": Swap(
        f"{STAGES}/reporting.py", "validation=self.validation", "test=self.test"
    ),
    "weights and centroids in the search's run": Swap(
        f"{STAGES}/pseudo_labels.py", "weights=self.weights", "centroids=self.centroids"
    ),
    "networks in the diagnosis's run": Swap(
        f"{STAGES}/diagnostics.py", "pretrained=self.pretrained", "attention=self.attention"
    ),
}
"""Refused by mypy."""

CHARTS = "tests/docs/test_architecture.py::test_the_charts_are_those_of_the_compiled_packages"
CALLS = (
    "tests/components/test_components.py"
    "::test_a_component_hands_each_argument_on_under_its_own_name"
)
TESTED = {
    "labels of f and of h": (
        CHARTS,
        Swap(
            f"{GRAPH}/denoising.py",
            "classifier_f=inferred_f.labels",
            "classifier_h=inferred_h.labels",
        ),
    ),
    "predictions of round 1 and of round 2": (
        CHARTS,
        Swap(
            f"{GRAPH}/training.py",
            "round_1=round_1.predicted_maps",
            "round_2=round_2.predicted_maps",
        ),
    ),
    "labels of f and of h in a component": (
        f"{CALLS}[diagnose_labels]",
        Swap(
            f"{COMPONENTS}/denoising/diagnose_labels.py",
            "classifier_f=classifier_f.path",
            "classifier_h=classifier_h.path",
        ),
    ),
    "validation and test in a component": (
        f"{CALLS}[report]",
        Swap(f"{COMPONENTS}/evaluation/report.py", "validation=validation.path", "test=test.path"),
    ),
    "rounds in a component": (
        f"{CALLS}[diagnose_masks]",
        Swap(
            f"{COMPONENTS}/pseudo_labels/diagnose_masks.py",
            "round_1=round_1.path",
            "round_2=round_2.path",
        ),
    ),
}
"""Refused by a test."""


def copy_of_the_repository(target: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)
    return target


def run_in(root: Path, *module: str) -> subprocess.CompletedProcess[str]:
    """A module of Python's in the copy, whose packages it imports."""
    return subprocess.run(
        [sys.executable, "-m", *module], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def mypy_of_all(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], str]:
    """The line of every exchange that types tell apart, all seeded in one copy; mypy's output."""
    root = copy_of_the_repository(tmp_path_factory.mktemp("typed"))
    # What mypy found out about the repository, as after `make lint`, saves most of its time.
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", root / ".mypy_cache")
    lines = {name: swap.seed(root) for name, swap in TYPED.items()}
    return lines, run_in(root, "mypy").stdout


@pytest.mark.parametrize("name", TYPED)
def test_mypy_refuses_what_is_of_another_kind(
    mypy_of_all: tuple[dict[str, int], str], name: str
) -> None:
    lines, output = mypy_of_all
    assert f"{TYPED[name].file}:{lines[name]}: error: Argument" in output


@pytest.mark.parametrize("name", TESTED)
def test_a_fast_test_refuses_what_is_of_one_kind(name: str, tmp_path: Path) -> None:
    test, swap = TESTED[name]
    root = copy_of_the_repository(tmp_path / "copy")
    swap.seed(root)
    outcome = run_in(root, "pytest", "-q", "-p", "no:cacheprovider", test)
    assert outcome.returncode == 1
    assert "1 failed" in outcome.stdout
    assert "AssertionError" in outcome.stdout
