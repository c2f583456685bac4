"""What a system contains: packages of Debian, packages of Python, programs that are of neither.

It runs inside images, by the Python that they have, and therefore imports nothing but Python.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import platform
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TypedDict

_DPKG_FIELDS = ("Package", "Version", "Architecture")
_ELF = b"\x7fELF"


class BinaryFile(TypedDict):
    """A program or a library: where it lies, and the sha256 of its bytes in hex."""

    path: str
    sha256: str


class DebianPackage(TypedDict):
    """An installed package of Debian or Ubuntu.

    Attributes:
        name, version, architecture: as dpkg has them.
        licences: that its copyright file names, under Debian's short names.
    """

    name: str
    version: str
    architecture: str
    licences: list[str]


class PythonPackage(TypedDict):
    """An installed package of Python.

    Attributes:
        name, version: as its metadata have them.
        expression: its licence as SPDX writes it; empty if they do not say.
        licence: its licence in any words; empty likewise.
        classifiers: those of them that name licences.
        libraries: that its wheel brings along.
    """

    name: str
    version: str
    expression: str
    licence: str
    classifiers: list[str]
    libraries: list[BinaryFile]


class Contents(TypedDict):
    """All of a system: `system` is its name and version as in a package URL, `debian 12`."""

    system: tuple[str, str]
    debian: list[DebianPackage]
    python: list[PythonPackage]
    binaries: list[BinaryFile]


def debian_packages() -> list[DebianPackage]:
    """The packages that dpkg has installed here."""
    line = "\\t".join(f"${{{field}}}" for field in ("db:Status-Abbrev", *_DPKG_FIELDS)) + "\\n"
    command = ["dpkg-query", "--show", f"--showformat={line}"]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    packages: list[DebianPackage] = []
    for status, name, version, architecture in map(_fields, output.splitlines()):
        if status.startswith("ii"):
            packages.append(
                {
                    "name": name,
                    "version": version,
                    "architecture": architecture,
                    "licences": copyright_licences(Path("/usr/share/doc", name, "copyright")),
                }
            )
    return packages


def copyright_licences(copyright_file: Path) -> list[str]:
    """The licences that a copyright file of Debian names, under Debian's short names.

    Args:
        copyright_file: where it is of Debian's machine-readable format, its fields `License` count,
            elsewhere the texts in /usr/share/common-licenses that it refers to.
    """
    try:
        text = copyright_file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    fields = r"^License:[ \t]*(\S.*?)[ \t]*$"
    references = r"/usr/share/common-licenses/([A-Za-z]+(?:-\d+(?:\.\d+)*)?)"
    machine_readable = re.match(r"(?i)\s*format(-specification)?:", text)
    return sorted(set(re.findall(fields if machine_readable else references, text, re.MULTILINE)))


def python_packages() -> list[PythonPackage]:
    """The packages that this Python finds."""
    return [
        {
            "name": one.metadata["Name"],
            "version": one.version,
            "expression": _field(one, "License-Expression"),
            "licence": _field(one, "License"),
            "classifiers": [
                classifier.removeprefix("License :: ")
                for classifier in one.metadata.get_all("Classifier") or ()
                if classifier.startswith("License :: ")
            ],
            "libraries": [
                {"path": str(file), "sha256": _hex(file.hash.value)}
                for file in one.files or ()
                # Where auditwheel puts the shared libraries that it copies into a wheel.
                if file.parts[0].endswith(".libs") and file.hash
            ],
        }
        for one in metadata.distributions()
    ]


def other_binaries(folder: Path) -> list[BinaryFile]:
    """Programs and libraries (ELF) that neither a package of Debian nor one of Python owns.

    Args:
        folder: to look in, on its own file system.
    """
    return [
        {"path": path, "sha256": hashlib.sha256(Path(path).read_bytes()).hexdigest()}
        for path in _binaries(folder, _owned_files())
    ]


def _binaries(folder: Path, owned: set[str]) -> Iterator[str]:
    device = folder.stat().st_dev
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if os.lstat(f"{parent}/{one}").st_dev == device)
        for path in (os.path.join(parent, name) for name in sorted(names)):
            # dpkg knows /usr/lib/x as /lib/x where a package still says so.
            of_a_package = {path, path.removeprefix("/usr")} & owned
            if not of_a_package and stat.S_ISREG(os.lstat(path).st_mode) and _is_elf(path):
                yield path


def _is_elf(path: str) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read(len(_ELF)) == _ELF
    except PermissionError:
        return False


def _owned_files() -> set[str]:
    lists = Path("/var/lib/dpkg/info").glob("*.list")
    of_debian = {line for one in lists for line in one.read_text().splitlines()}
    of_python = {
        os.path.normpath(str(one.locate_file(file)))
        for one in metadata.distributions()
        for file in one.files or ()
    }
    return of_debian | of_python


def _field(package: metadata.Distribution, name: str) -> str:
    return next(iter(package.metadata.get_all(name) or ()), "")


def _fields(line: str) -> list[str]:
    return line.split("\t")


def _hex(record: str) -> str:
    """A hash of a wheel's RECORD, base64 without padding, in hex."""
    return base64.urlsafe_b64decode(record + "==").hex()


def main() -> None:
    """Print all that this system contains as JSON."""
    release = platform.freedesktop_os_release()
    contents: Contents = {
        "system": (release["ID"], release["VERSION_ID"]),
        "debian": debian_packages(),
        "python": python_packages(),
        "binaries": other_binaries(Path("/")),
    }
    json.dump(contents, sys.stdout)


if __name__ == "__main__":
    main()
