"""Who may see the ground truth (method 0.5)."""

from __future__ import annotations

import ast
from pathlib import Path

import pass_ops

ROOT = Path(pass_ops.__file__).parent
HIDDEN = {
    "pass_ops.data.ground_truth",
    "pass_ops.data.user_files.entry",
    "pass_ops.data.layout",
    "pass_ops.data.user_files.photographs",
    "pass_ops.data.structure",
    "pass_ops.data.folder",
    "pass_ops.data.index",
}
# Evaluation measures; threshold and checkpoint are chosen on validation, as the reference does;
# `stages` hands it to them.
MAY_SEE = (
    "data/",
    "evaluation/",
    "pseudo_labels/threshold.py",
    "segmentation/choose.py",
    # Lists the photographs that a finished model labels.
    "serving/photographs.py",
    "stages/",
)
STAGES_THAT_SEE = {
    *("SearchThreshold", "ChooseCheckpoint"),
    # Both evaluations, which share a function, and the distance-matching protocol.
    *("_evaluate", "evaluate_by_distance"),
    *("Diagnose", "DiagnoseLabels", "DiagnoseMasks", "MeasureBaselines"),
}


def imported(path: Path) -> set[str]:
    """Modules that the file imports, and names that may be modules."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_only_evaluation_and_the_choices_on_validation_see_ground_truth() -> None:
    files = {str(path.relative_to(ROOT)): path for path in ROOT.rglob("*.py")}
    assert len(files) > 20
    offenders = {
        name: sorted(imported(path) & HIDDEN)
        for name, path in files.items()
        if not name.startswith(MAY_SEE) and imported(path) & HIDDEN
    }
    assert offenders == {}


def test_only_these_stages_are_handed_ground_truth() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "stages").glob("*.py")]
    stages = [
        node
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    handed = {
        stage.name: called_with(stage, "truth_of")
        for stage in stages
        if called_with(stage, "truth_of")
    }
    assert handed.keys() == STAGES_THAT_SEE
    # The folders of training images are looked at by the diagnostics alone.
    assert {
        name
        for name, arguments in handed.items()
        if "train" in arguments or (name == "Diagnose" and arguments == ["split"])
    } == {"Diagnose", "DiagnoseLabels"}


def called_with(function: ast.FunctionDef | ast.ClassDef, callee: str) -> list[object]:
    """Constants, or source text, that are the last arguments of the calls of `callee` in
    `function`.
    """
    calls = [
        node
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == callee
    ]
    last = [call.args[-1] for call in calls]
    return [
        argument.value if isinstance(argument, ast.Constant) else ast.unparse(argument)
        for argument in last
    ]


def test_the_scan_sees_every_form_of_import(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for line in (
        "import pass_ops.data.ground_truth",
        "import pass_ops.data.ground_truth as truth",
        "from pass_ops.data import ground_truth",
        "def f():\n    from pass_ops.data.ground_truth import GroundTruth",
    ):
        path.write_text(line)
        assert imported(path) & HIDDEN == {"pass_ops.data.ground_truth"}
