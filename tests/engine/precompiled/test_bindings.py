"""Jittor's bindings are generated when what they are generated from has changed, and only then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pass_ops.engine.precompiled.bindings import RECORD, kept

GENERATOR = b"the source of Generator"
IMPORT = """
from pass_ops.engine.jittor import jt
from jittor.compiler import cache_path
print(cache_path)
"""


class Generator:
    """Writes one file for each header, as Jittor's own does, and counts how often it was asked."""

    def __init__(self, folder: Path) -> None:
        self.cache, self.package = folder / "cache", folder / "package"
        self.calls = 0
        for place in (self.cache / "gen", self.package / "src" / "ops"):
            place.mkdir(parents=True)
        (self.package / "src" / "ops" / "add.h").write_text("add")
        (self.cache / "gen" / "maker.h").write_text("maker")

    def generate(self, cache: str, package: str) -> list[str]:
        self.calls += 1
        files = []
        for header in (*Path(package, "src").rglob("*.h"), *Path(cache, "gen").rglob("*.h")):
            file = Path(cache, "gen", f"pyjt_{header.stem}.cc")
            file.write_text(f"bind {header.read_text()}")
            files.append(str(file))
        return files

    def __call__(self, source: bytes = GENERATOR) -> list[str]:
        """Ask as a new process would."""
        return kept(self.generate, source=source)(str(self.cache), str(self.package))


@pytest.fixture
def generator(tmp_path: Path) -> Generator:
    """One that has been asked once."""
    new = Generator(tmp_path)
    new()
    return new


def test_what_is_there_is_taken(generator: Generator) -> None:
    """The order of the files counts: it is that of the command that links them."""
    files = generator()
    assert generator.calls == 1
    assert [Path(file).name for file in files] == ["pyjt_add.cc", "pyjt_maker.cc"]


def edit_header(generator: Generator) -> None:
    (generator.package / "src" / "ops" / "add.h").write_text("sub")


def edit_generated_header(generator: Generator) -> None:
    (generator.cache / "gen" / "maker.h").write_text("taker")


def add_header(generator: Generator) -> None:
    (generator.package / "src" / "mul.h").write_text("mul")


def remove_file(generator: Generator) -> None:
    (generator.cache / "gen" / "pyjt_add.cc").unlink()


def cut_file(generator: Generator) -> None:
    (generator.cache / "gen" / "pyjt_add.cc").write_text("")


def cut_record(generator: Generator) -> None:
    (generator.cache / "gen" / RECORD).write_text('{"digest": ')


@pytest.mark.parametrize(
    "change",
    [edit_header, edit_generated_header, add_header, remove_file, cut_file, cut_record],
)
def test_a_change_is_seen(generator: Generator, change: Callable[[Generator], None]) -> None:
    """Of what is read, or of what was written: by a person, another version, a power cut."""
    change(generator)
    files = generator()
    assert generator.calls == 2
    headers = [*generator.package.rglob("*.h"), *generator.cache.rglob("*.h")]
    written = {Path(file).read_text() for file in files}
    assert written == {f"bind {header.read_text()}" for header in headers}
    generator()
    assert generator.calls == 2


def test_another_generator_is_seen(generator: Generator) -> None:
    """That of another version of Jittor, say."""
    generator(source=b"another")
    assert generator.calls == 2


def test_the_import_leaves_them_alone() -> None:
    """Jittor's own generator would write its files anew."""
    times = []
    for _ in range(2):
        output = subprocess.run(
            [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
        )
        generated = Path(output.stdout.splitlines()[-1], "gen")
        times.append({f.name: f.stat().st_mtime_ns for f in generated.glob("pyjt_*.cc")})
    assert times[0]
    assert times[0] == times[1]
