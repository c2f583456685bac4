"""What a system contains: looked at here, as in an image."""

from __future__ import annotations

import ast
import hashlib
import shutil
import sys
from importlib import metadata
from pathlib import Path

import pytest

from pipelines.supply_chain import image_contents
from pipelines.supply_chain.image_contents import (
    copyright_licences,
    debian_packages,
    other_binaries,
    python_packages,
)


def test_it_needs_nothing_but_python() -> None:
    """In an image it runs from standard input, beside nothing of this clone."""
    tree = ast.parse(Path(image_contents.__file__).read_text())
    modules = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert modules <= sys.stdlib_module_names
    assert len(modules) > 5


def test_packages_of_python_come_with_the_libraries_of_their_wheels() -> None:
    (numpy,) = (one for one in python_packages() if one["name"] == "numpy")
    assert numpy["version"] == metadata.version("numpy")
    assert any(
        library["path"].startswith("numpy.libs/libopenblas") for library in numpy["libraries"]
    )
    for library in numpy["libraries"]:
        content = Path(metadata.distribution("numpy").locate_file(library["path"])).read_bytes()
        assert hashlib.sha256(content).hexdigest() == library["sha256"]


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="no Debian")
def test_packages_of_debian_come_with_licences() -> None:
    packages = {one["name"]: one for one in debian_packages()}
    dpkg = packages["dpkg"]
    assert dpkg["version"][0].isdigit()
    assert dpkg["architecture"]
    assert any(licence.startswith("GPL") for licence in dpkg["licences"])


def test_licences_of_copyright_files(tmp_path: Path) -> None:
    file = tmp_path / "copyright"
    assert copyright_licences(file) == []
    file.write_text(
        "Format: machine-readable\n\nFiles: *\nLicense: GPL-2+ \n text\n\n"
        "Files: a\nLicense: Expat\n\nLicense: GPL-2+\n See /usr/share/common-licenses/GPL-2\n"
    )
    assert copyright_licences(file) == ["Expat", "GPL-2+"]
    file.write_text("It is free: see /usr/share/common-licenses/LGPL-2.1.\nLicense: none\n")
    assert copyright_licences(file) == ["LGPL-2.1"]


def test_programs_of_no_package_are_found(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    program = tmp_path / "folder" / "program"
    program.write_bytes(b"\x7fELF\x02 and so on")
    (tmp_path / "link").symlink_to(program)
    (tmp_path / "script").write_text("#!/bin/sh\n")
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    assert other_binaries(tmp_path) == [{"path": str(program), "sha256": digest}]


def test_libraries_of_packages_are_not() -> None:
    libraries = Path(metadata.distribution("numpy").locate_file("numpy.libs"))
    assert list(libraries.iterdir())
    assert other_binaries(libraries) == []
