"""Make's command line: variables that a target takes, and one line for any other."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

CLONE = Path(__file__).resolve().parents[1]
MAKEFILE = (CLONE / "Makefile").read_text()
# Who takes which variable, as the Makefile says it.
TAKERS = {
    name: targets.split(", ")
    for name, targets in re.findall(r"^## ([A-Z0-9_]+) \((.+?)\): ", MAKEFILE, re.M)
}
OPTIONS = re.search(r"^RUN_OPTIONS = (?:.*\\\n)*.*\n", MAKEFILE, re.M)
assert OPTIONS
RECIPES = {
    target: recipe.replace("$(RUN_OPTIONS)", OPTIONS[0])
    for target, recipe in re.findall(r"^([a-z-]+):[^=\n]*\n((?:\t.*\n)+)", MAKEFILE, re.M)
}


@pytest.fixture(scope="module", autouse=True)
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clone with a finished installation, as the working folder.

    In this one, `make --dry-run` would run parts of the installation where the lock has changed
    since, as make always runs the lines that call make.
    """
    folder = tmp_path_factory.mktemp("clone")
    (folder / "Makefile").symlink_to(CLONE / "Makefile")
    (folder / ".make").symlink_to(CLONE / ".make")
    (folder / "tests" / "data").mkdir(parents=True)
    (folder / ".venv").mkdir()
    (folder / "requirements.lock").touch()
    digest = sha256().hexdigest()
    (folder / ".venv" / "installed.sha256").write_text(f"{digest}  requirements.lock\n")
    with contextlib.chdir(folder):
        yield folder


def make(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of make, which runs nothing.

    Args:
        arguments: of the command line.
        variables: of the environment.
    """
    process = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *arguments],
        env=environment() | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    return process.returncode, process.stdout, process.stderr


def environment() -> dict[str, str]:
    """The environment, without what the make that these tests may run under has handed on."""
    return {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("run data=/x", "make run knows no variable data: did you mean DATA?"),
        ("run DTA=/x", "make run knows no variable DTA: did you mean DATA?"),
        ("run Mask_Weight=/w", "make run knows no variable Mask_Weight: did you mean MASK_WEIGHTS"),
        ("run MASKWEIGHTS=/w", "make run knows no variable MASKWEIGHTS: did you mean MASK_WEIGHTS"),
        ("run PROFIL=small", "make run knows no variable PROFIL: did you mean PROFILE?"),
        ("run DATA=/x seed=3", "make run knows no variable seed: did you mean SEED?"),
        ("submit recuring=x", "make submit knows no variable recuring: did you mean RECURRING?"),
        ("test only=tests", "make test knows no variable only: did you mean ONLY?"),
        ("lint Q=1", "make lint knows no variable Q: it takes PYTHON; "),
        ("run TMPDIR=/x", "make run knows no variable TMPDIR: it takes DATA, CLUSTERS, PROFILE, "),
        # Known, but of no use to this target.
        ("run HOST=x", "make run takes no HOST: it is for make submit."),
        ("DATA=/x", "make help takes no DATA: it is for make run."),
        ("test-slow lint PORT=1", "make test-slow lint takes no PORT: it is for make ui."),
        (
            "compile ONLY=test",
            "make compile takes no ONLY: it is for make bench, fuzz, test, test-slow, ",
        ),
        # What make would say after the run, or, of a folder's name, never.
        (
            "run DATA /x",
            "there is no target DATA: make help lists them; variables are written NAME=",
        ),
        ("run tests", "there is no target tests: "),
        ("tests/data", "there is no target tests/data: "),
        ("run CACHE=2", "CACHE=2: give 0 or 1."),
        ("run CACHE=", "CACHE=: give 0 or 1."),
        ("submit WAIT=yes", "WAIT=yes: give 0 or 1."),
        ("submit DRY_RUN=true", "DRY_RUN=true: give 0 or 1."),
    ],
)
def test_a_variable_that_would_be_ignored_is_refused(arguments: str, problem: str) -> None:
    status, output, errors = make(*arguments.split())
    assert (status, output) == (2, "")
    assert re.fullmatch(rf"Makefile:\d+: \*\*\* {re.escape(problem)}.*\n", errors)


def test_what_a_target_takes_reaches_its_program_as_it_was_written() -> None:
    status, output, errors = make(
        *("run", "DATA=/it's here", "SEED=7", "CACHE=0", "MASK_WEIGHTS=s3://w", "PYTHON=python3")
    )
    assert (status, errors) == (0, "")
    assert "pipelines.local.run --data '/it'\\''s here' " in output
    assert "--seed '7'" in output
    assert "--mask-weights 's3://w'" in output
    assert "--no-cache" in output
    assert "--no-cache" not in make("run", "CACHE=1")[1]
    assert "--wait --dry-run" in make("submit", "WAIT=1", "DRY_RUN=1")[1]
    assert "--wait" not in make("submit", "WAIT=0")[1]
    output = make("submit", "CACHE=0", "NAMESPACE=a b")[1]
    assert "--namespace 'a b'" in output
    assert "--no-cache" in output


def test_ranks_need_mpi_alone(tmp_path: Path) -> None:
    # No program is there but what the recipe itself needs.
    for name in ("sh", "make", "awk", "python3.11", "g++", "true"):
        (tmp_path / name).symlink_to(shutil.which(name) or f"/{name}")

    def missing(*arguments: str) -> list[str]:
        command = ["make", "--no-print-directory", "missing-tools", "PYTHON=true", *arguments]
        process = subprocess.run(
            command,
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout.split()

    assert missing() == missing("RANKS=1") == []
    assert missing("RANKS=2") == ["openmpi-bin", "libopenmpi-dev"]
    for name in ("mpirun", "mpicc"):
        (tmp_path / name).touch(mode=0o755)
    assert missing("RANKS=2") == []


def test_what_to_do_where_there_is_no_python_is_told(tmp_path: Path) -> None:
    for name in ("sh", "make", "awk", "xargs", "echo", "dirname"):
        (tmp_path / name).symlink_to(shutil.which(name) or f"/{name}")
    process = subprocess.run(
        ["make", "--no-print-directory", "tools"],
        env={"PATH": str(tmp_path), "MAKELEVEL": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    (line,) = (line for line in process.stderr.splitlines() if line.startswith("Missing"))
    packages = "python3.11 python3.11-venv python3.11-dev g++"
    assert line.startswith(
        f"Missing on this machine; install with: sudo apt-get install -y {packages} (Debian 12 and"
    )
    assert "PYTHON=/path/to/python3.11" in line


def test_a_compiler_of_cuda_is_handed_on() -> None:
    def seen(**variables: str) -> str:
        recipe = 'shown: ; @echo "nvcc_path=$$nvcc_path"'
        process = subprocess.run(
            ["make", "--no-print-directory", "--eval", recipe, "shown"],
            env={"PATH": os.environ["PATH"], "MAKELEVEL": "1"} | variables,
            capture_output=True,
            text=True,
            check=True,
        )
        return process.stdout

    assert seen() == "nvcc_path=\n"
    assert seen(nvcc_path="/cuda/bin/nvcc") == "nvcc_path=/cuda/bin/nvcc\n"


def test_a_run_is_looked_at_before_anything_is_compiled() -> None:
    output = make("run", "DATA=/x")[1]
    programs = re.findall(r"pass_ops.start (\S+)", output)
    assert programs.index("pipelines.local.look") < programs.index("pass_ops.engine.core")
    assert programs[-1] == "pipelines.local.run"


def test_a_variable_is_for_any_of_the_targets_that_are_made() -> None:
    assert make("run", "ui", "PORT=5000", "SEED=7")[0] == 0


def test_the_environment_is_not_looked_at() -> None:
    assert make("run", data="/x", HOST="x", WAIT="yes")[0] == 0


def test_the_values_of_switches_are_looked_at_wherever_they_come_from() -> None:
    status, _, errors = make("run", CACHE="no")
    assert (status, errors.count("CACHE=no: give 0 or 1.")) == (2, 1)


def test_every_target_is_said_to_take_what_its_recipe_uses() -> None:
    assert {target for targets in TAKERS.values() for target in targets} - {"any"} <= {
        *RECIPES,
        *re.findall(r"^([a-z-]+):", MAKEFILE, re.M),
    }
    for target, recipe in RECIPES.items():
        used = set(re.findall(r"\$\((?:call (?:quoted,[^$()]*\$\(|switch,))?([A-Z_]+)\b", recipe))
        known = {name for name in used & TAKERS.keys() if "any" not in TAKERS[name]}
        assert known <= {name for name, targets in TAKERS.items() if target in targets}, target


def test_help_lists_every_target_and_every_variable() -> None:
    process = subprocess.run(
        ["make", "--no-print-directory", "help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = process.stdout.splitlines()
    for name, targets in TAKERS.items():
        assert any(re.match(rf"  {name} +{', '.join(targets)}: \S", line) for line in lines), name
    for target in ("run", "test", "submit", "ui", "clean"):
        assert any(re.match(rf"  {target} +[A-Z]", line) for line in lines), target
