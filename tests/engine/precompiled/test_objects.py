"""Jittor's core is looked at file by file when what it is compiled of has changed, only then."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pass_ops.engine.precompiled.objects import CORE, RECORD, kept

IMPORT = """
from pass_ops.engine.jittor import jt
from jittor.compiler import cache_path
print(cache_path)
"""


class Compiler:
    """Copies one source to its object file, as Jittor's commands do, and counts its calls."""

    def __init__(self, folder: Path) -> None:
        self.cache, self.package = folder / "cache", folder / "package"
        self.calls = 0
        for place in ("cache/gen", "cache/obj_files", "package/src/ops", "package/extern"):
            (folder / place).mkdir(parents=True)
        (self.package / "src" / "ops" / "add.cc").write_text("add")
        (self.package / "src" / "ops" / "add.h").write_text("header")
        (self.package / "extern" / "blas.h").write_text("blas")
        (self.cache / "gen" / "maker.h").write_text("maker")
        self.object = self.cache / "obj_files" / "add.cc.o"
        self.flags = "-O2"

    def run(self, commands: Sequence[str], *about: str) -> None:
        assert about[:2] == (str(self.cache), str(self.package))
        self.calls += len(commands)
        self.object.write_text((self.package / "src" / "ops" / "add.cc").read_text() + self.flags)

    def __call__(self, message: str = CORE) -> None:
        """Ask as a new process would."""
        source = self.package / "src" / "ops" / "add.cc"
        # What follows the name of the file is of CUDA's.
        command = f'"g++" "{source}" {self.flags} -c -o "{self.object}" -I"{self.package}/extern"'
        kept(self.run)([command], str(self.cache), str(self.package), message)


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    """One that has compiled once."""
    new = Compiler(tmp_path)
    new()
    assert new.calls == 1
    return new


def test_what_is_there_is_taken(compiler: Compiler) -> None:
    compiler()
    assert compiler.calls == 1


def edit_source(compiler: Compiler) -> None:
    (compiler.package / "src" / "ops" / "add.cc").write_text("sub")


def edit_header(compiler: Compiler) -> None:
    (compiler.package / "src" / "ops" / "add.h").write_text("another")


def edit_header_of_a_library(compiler: Compiler) -> None:
    (compiler.package / "extern" / "blas.h").write_text("another")


def edit_generated_header(compiler: Compiler) -> None:
    (compiler.cache / "gen" / "maker.h").write_text("taker")


def change_flags(compiler: Compiler) -> None:
    compiler.flags = "-O0"


def remove_object(compiler: Compiler) -> None:
    compiler.object.unlink()


def cut_object(compiler: Compiler) -> None:
    compiler.object.write_text("")


def cut_record(compiler: Compiler) -> None:
    (compiler.cache / "obj_files" / RECORD).write_text('{"digest": ')


@pytest.mark.parametrize(
    "change",
    [
        edit_source,
        edit_header,
        edit_header_of_a_library,
        edit_generated_header,
        change_flags,
        remove_object,
        cut_object,
        cut_record,
    ],
)
def test_a_change_is_seen(compiler: Compiler, change: Callable[[Compiler], None]) -> None:
    """Of what is read, or of what was made: by a person, another version, a power cut."""
    change(compiler)
    compiler()
    assert compiler.calls == 2
    source = compiler.package / "src" / "ops" / "add.cc"
    assert compiler.object.read_text() == source.read_text() + compiler.flags
    compiler()
    assert compiler.calls == 2


def test_what_is_not_the_core_is_always_run(compiler: Compiler) -> None:
    for calls in (2, 3):
        compiler("Compiling gen_ops_mkl")
        assert compiler.calls == calls


def test_the_import_knows_the_core() -> None:
    """If Jittor called it otherwise, there would be no record."""
    times = []
    for _ in range(2):
        output = subprocess.run(
            [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
        )
        record = Path(output.stdout.splitlines()[-1], "obj_files", RECORD)
        times.append(record.stat().st_mtime_ns)
    assert times[0] == times[1]
    objects = {Path(file).name for file in json.loads(record.read_text())["files"]}
    assert objects >= {"executor.cc.o", "op_register.cc.o", "var.cc.o"}
