"""Lock files: what the clone's say, and what is not let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from pass_ops.errors import ConfigError
from pipelines.supply_chain.lock_files import CLONE, LOCK_FILES, LockedPackage, read_lock_file

HASHES = ("0a" * 32, "1b" * 32)
HASH = f"--hash=sha256:{HASHES[0]}"


def test_every_lock_file_of_the_clone_is_known() -> None:
    names = {line for line in CLONE.rglob("*.lock") if line.name.startswith("requirements")}
    hidden = {line for line in names if line.relative_to(CLONE).parts[0].startswith(".")}
    assert names - hidden == set(LOCK_FILES.values())


@pytest.mark.parametrize("use", LOCK_FILES)
def test_packages_have_versions_and_hashes_and_no_index_or_address_is_named(use: str) -> None:
    packages = read_lock_file(LOCK_FILES[use])
    assert packages
    assert all(package.hashes and package.version for package in packages.values())


def test_a_lock_file_is_read(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(
        f"# By uv.\nPsycopg_C[binary]==3.3.9 \\\n    {HASH} \\\n    --hash=sha256:{HASHES[1]}\n"
        f"    # via a\nsix==1.17.0 {HASH}\n"
    )
    assert read_lock_file(lock) == {
        "psycopg-c": LockedPackage("psycopg-c", "3.3.9", HASHES),
        "six": LockedPackage("six", "1.17.0", HASHES[:1]),
    }


# Options of pip that take packages from another place than the user's own configuration says.
ELSEWHERE = ("index-url", "extra-index-url", "find-links", "trusted-host")


@pytest.mark.parametrize(
    "line",
    [
        "six==1.17.0",
        f"six>=1.17.0 {HASH}",
        f"six==1.* {HASH}",
        f"six==1.17.0,!=1.16 {HASH}",
        f"six {HASH}",
        f"six @ file:///six.whl {HASH}",
        f"six==1.17.0 --hash=md5:{'0a' * 16}",
        f"six==1.17.0 {HASH}0",
        f"six==1.17.0 {HASH} --config-settings=a",
        *(f"--{option} elsewhere" for option in ELSEWHERE),
        *(f"--{option}=elsewhere" for option in ELSEWHERE),
        "-r other.lock",
        "-e .",
        "./six.whl",
        f"six==1.17.0 {HASH}\nSix==1.16.0 {HASH}",
    ],
)
def test_what_could_install_something_else_is_refused_in_one_line(
    tmp_path: Path, line: str
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"attrs==26.1.0 {HASH}\n{line}\n")
    with pytest.raises(ConfigError, match=rf"^{lock}: .*; make lock writes it anew$") as error:
        read_lock_file(lock)
    assert "\n" not in str(error.value)
