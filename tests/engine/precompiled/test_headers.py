"""The compiler that Jittor is given: what it writes, and what it makes of files of all kinds."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from pass_ops.engine.precompiled.headers import compiler_with_headers
from pass_ops.errors import StorageError
from tests.engine.precompiled.kernels import kernel_commands, moved

# As Jittor compiles a file of its core, with less optimisation.
FLAGS = ("-std=c++14", "-fPIC", "-O0", f"-I{sysconfig.get_path('include')}")
# Jittor's own `opt/expr.h`, among the compiled headers, declares it otherwise.
CONFLICT = """
namespace jittor { static bool isvar(char c) { return c == 'v'; } }
bool b = jittor::isvar('v');
"""


@pytest.fixture(scope="module")
def compiler(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiler in a folder of kernels that holds nothing else."""
    return compiler_with_headers(tmp_path_factory.mktemp("kernels"))


def compile_file(compiler: Path, name: str, text: str) -> subprocess.CompletedProcess[str]:
    """Compile a file of the core in its place below the folder of the compiler."""
    spec = importlib.util.find_spec("jittor")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = compiler.parent / "core" / "obj_files"
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / f"{name}.cc"
    source.write_text(text)
    headers = f"-I{spec.submodule_search_locations[0]}/src"
    command = [compiler, source, *FLAGS, headers, "-c", "-o", source.with_suffix(".o")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_compiler_is_written_once_and_renewed_when_it_differs(tmp_path: Path) -> None:
    program = compiler_with_headers(tmp_path)
    assert "g++" in program.name
    assert os.access(program, os.X_OK)
    before = program.stat().st_mtime_ns
    assert compiler_with_headers(tmp_path) == program
    assert program.stat().st_mtime_ns == before
    whole = program.read_bytes()
    program.write_text("#!/bin/sh\n")
    compiler_with_headers(tmp_path)
    assert program.read_bytes() == whole
    assert [path.name for path in program.parent.iterdir()] == ["g++"]


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("")
    with pytest.raises(StorageError, match=rf"^{tmp_path}/\.cache/pass-ops/g\+\+: .*JITTOR_HOME"):
        compiler_with_headers(tmp_path)


def test_it_tells_the_version_of_gcc(compiler: Path) -> None:
    told = [
        subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        for program in (compiler, "g++")
    ]
    assert told[0] == told[1]


def test_headers_are_compiled_once_and_all_files_compile(compiler: Path) -> None:
    first = compile_file(compiler, "plain", '#include "var.h"\nint one = sizeof(jittor::Var);')
    assert first.returncode == 0, first.stderr
    (headers,) = (compiler.parent / "core" / "headers").glob("*.gch")
    before = headers.stat().st_mtime_ns
    # Not even named here, so that it is known from the compiled headers alone.
    assert compile_file(compiler, "bare", "int two = sizeof(jittor::Var);").returncode == 0
    conflict = compile_file(compiler, "conflict", CONFLICT)
    assert conflict.returncode == 0, conflict.stderr
    assert headers.stat().st_mtime_ns == before


def test_errors_are_those_of_the_file(compiler: Path) -> None:
    wrong = compile_file(compiler, "wrong", "int three = no_such_name;")
    assert wrong.returncode != 0
    assert "no_such_name" in wrong.stderr


def test_every_kernel_begins_with_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By g++'s own list of the headers that it reads, on which an exclamation mark stands before
    compiled ones that it took.
    """
    listing = tmp_path / "listing"
    wrapper = tmp_path / "bin" / "g++"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("g++")} -H "$@" 2>>{listing}\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    commands = kernel_commands()
    assert len(commands) >= 3, "kernels with oneDNN, with a mark in them, and without either"
    for number, command in enumerate(commands):
        folder = tmp_path / str(number)
        subprocess.run(moved(command, folder), check=True, capture_output=True)
        (headers,) = (folder / "headers").glob("*.gch")
        assert f"! {headers}" in listing.read_text(), command
