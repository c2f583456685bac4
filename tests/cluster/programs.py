"""Programs that docs/cluster.md calls, asked whether they know what they are told."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from functools import cache

import typer.main

from pass_ops.cli import app
from tests.manifests.conftest import MANIFESTS, tool

ROOT = MANIFESTS.parent
# Verbs that are followed by another one.
PAIRS = {"create": ("secret", "configmap", "token"), "rollout": ("restart", "status")}


def check_words(words: Sequence[str]) -> None:
    """Raise AssertionError where a program does not know what it is told, or where nobody here
    knows the program.

    Args:
        words: of a command, variables replaced.
    """
    program, *rest = words
    if program == "kubectl":
        _check_kubectl(rest[2:] if rest[0] == "-n" else rest)
    elif program == "make":
        _check_make(rest)
    elif program == ".venv/bin/pass-ops":
        _check_pass_ops(rest)
    elif program == "mc":
        _check_mc(rest)
    else:
        assert program in ("export", "jq") or words[:2] == [
            *(".venv/bin/python", "manifests/new_secrets.py")
        ], f"no test knows the program {program}"


def _check_kubectl(words: Sequence[str]) -> None:
    """Its own help lists the options."""
    told = words[: words.index("--")] if "--" in words else words
    verb = told[: 2 if told[1] in PAIRS.get(told[0], ()) else 1]
    known = _kubectl_options(*verb)
    for word in told[len(verb) :]:
        if word.startswith("-"):
            option = word.partition("=")[0]
            assert option in known, f"kubectl {' '.join(verb)} knows no {option}"


@cache
def _kubectl_options(*verb: str) -> set[str]:
    command = [tool("kubectl"), *verb, "--help"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    # Those of `create secret docker-registry` and the like are listed one level below.
    kinds = re.findall(r"^  ([a-z-]+) {2,}", text.partition("Available Commands:")[2], re.MULTILINE)
    below = [option for kind in kinds for option in _kubectl_options(*verb, kind)]
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", text.partition("Options:")[2])) | set(below)


def _check_make(words: Sequence[str]) -> None:
    """The Makefile refuses targets and variables that it does not know, before anything runs."""
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--question", "--no-print-directory", *words]
    process = subprocess.run(
        command, cwd=ROOT, env=inherited, capture_output=True, text=True, check=False
    )
    # 1 for a target that would be made, 2 for words that make no sense.
    assert process.returncode < 2, process.stderr


def _check_pass_ops(words: Sequence[str]) -> None:
    command = typer.main.get_command(app)
    words = list(words)
    while words and words[0] in getattr(command, "commands", {}):
        command = getattr(command, "commands")[words.pop(0)]  # noqa: B009  Of groups alone.
    assert not hasattr(command, "commands"), f"pass-ops has no command {words[:1]}"
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    told = [word.partition("=")[0] for word in words if word.startswith("-")]
    assert set(told) <= known, f"pass-ops: {told}"


def _check_mc(words: Sequence[str]) -> None:
    """What it copies from and to are buckets that the job `minio-setup` makes."""
    setup = (MANIFESTS / "components/minio/setup.sh").read_text()
    assert words[0] in ("alias", "mirror")
    for place in words[1:]:
        if place.startswith("pass/"):
            assert f"store/{place.removeprefix('pass/')}" in setup, f"no bucket {place}"
