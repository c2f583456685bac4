"""The tables of `docs/licences.md`: `python -m pipelines.supply_chain.licence_page`, or `make
licences`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from packaging.utils import canonicalize_name

from pass_ops.errors import ConfigError
from pass_ops.program import exit_status
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.forms import ANY_FILE
from pipelines.supply_chain.decisions import NOT_IN_CLONE, OTHERS, READ_FROM_TEXT
from pipelines.supply_chain.image_contents import python_packages
from pipelines.supply_chain.licences import require_allowed, spdx_expression
from pipelines.supply_chain.lock_files import CLONE, LOCK_FILES, read_lock_file

PAGE = CLONE / "docs" / "licences.md"


def with_tables(page: str) -> str:
    """A page with its tables made anew, between `<!-- NAME -->` and `<!-- end of NAME -->`.

    Args:
        page: the whole text.

    Raises:
        ConfigError: see `package_table`.
    """
    for name, table in (("others", _other_table()), ("packages", package_table())):
        before, begin, rest = page.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        page = "".join((before, begin, *(f"{line}\n" for line in table), end, after))
    return page


def package_table() -> Iterable[str]:
    """Lines of a table of every package in any lock file: version, licence, what it is for.

    Raises:
        ConfigError: a licence is not allowed or not known; `.venv` does not have what
            requirements.lock says.
    """
    uses: dict[tuple[str, str], list[str]] = {}
    for use, lock in LOCK_FILES.items():
        for package in read_lock_file(lock).values():
            uses.setdefault((package.name, package.version), []).append(use)
    packages = {str(canonicalize_name(one["name"])): one for one in python_packages()}
    yield "| package | version | licence | installed in |"
    yield "|---|---|---|---|"
    for (name, version), where in sorted(uses.items()):
        if "clone" not in where:
            licence = NOT_IN_CLONE.get(name) or READ_FROM_TEXT.get(name)
        elif name in packages and packages[name]["version"] == version:
            licence = spdx_expression(packages[name])
        else:
            raise ConfigError(f"{name} {version}: is not installed here; make setup installs it")
        yield f"| {name} | {version} | {require_allowed(name, licence)} | {', '.join(where)} |"


def _other_table() -> Iterable[str]:
    yield "| package | licence | why it is allowed |"
    yield "|---|---|---|"
    for name, (licence, reason) in OTHERS.items():
        yield f"| {name} | {licence} | {reason} |"


def write_tables() -> None:
    """Write the page's tables anew.

    Raises:
        ConfigError: see `with_tables`.
    """
    text = with_tables(PAGE.read_text(encoding="utf-8"))
    with atomic_path(PAGE, ANY_FILE) as partial:
        partial.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(exit_status(write_tables))
