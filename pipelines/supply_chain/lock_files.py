"""Lock files of packages, as strict as they must be to say what is installed.

pip itself takes much more: an index, an address, a version that is open. Whoever could slip one of
these in would choose what is installed, so that none is let through here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from pass_ops.errors import ConfigError

CLONE = Path(__file__).resolve().parents[2]
# By what the packages are for: the clone's .venv, an image, the pages of `make docs`, the fuzzers.
LOCK_FILES = {
    "clone": CLONE / "requirements.lock",
    "train (cpu)": CLONE / "images" / "train" / "requirements-cpu.lock",
    "train (cuda)": CLONE / "images" / "train" / "requirements-cuda.lock",
    "post": CLONE / "images" / "post" / "requirements.lock",
    "mlflow": CLONE / "images" / "mlflow" / "requirements.lock",
    "site": CLONE / "docs" / "requirements.lock",
    "fuzz": CLONE / "tests" / "fuzz" / "requirements.lock",
}
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class LockedPackage:
    """A package at one version.

    Attributes:
        name: normalised, as package indexes have it.
        version: the only one.
        hashes: sha256 of each archive that may be installed, in hex.
    """

    name: str
    version: str
    hashes: tuple[str, ...]


def read_lock_file(lock: Path) -> dict[str, LockedPackage]:
    """The packages of a lock file by name.

    Args:
        lock: lines `name==version --hash=sha256:…`, continued by a backslash; `#` begins a comment.

    Raises:
        ConfigError: there is another line, a package without a hash or a version, or one twice.
    """
    packages: dict[str, LockedPackage] = {}
    lines = re.sub(r"^\s*#.*\n?", "", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in filter(str.strip, lines.replace("\\\n", " ").splitlines()):
        package = _package(lock, line)
        if package.name in packages:
            raise ConfigError(
                f"{lock}: {package.name} stands there twice; make lock writes it anew"
            )
        packages[package.name] = package
    return packages


def _package(lock: Path, line: str) -> LockedPackage:
    requirement, *options = line.split()
    hashes = tuple(match[1] for match in map(_HASH.fullmatch, options) if match)
    try:
        package = Requirement(requirement)
    except InvalidRequirement:
        package = None
    version = package and re.fullmatch(r"==([^*,]+)", str(package.specifier))
    if not package or not version or package.url or not hashes or len(hashes) < len(options):
        raise ConfigError(
            f"{lock}: '{line[:60].strip()}' is not name==version with hashes alone; make lock "
            "writes it anew"
        )
    return LockedPackage(canonicalize_name(package.name), version[1], hashes)
