"""Licences: what metadata say, in SPDX's words, and what is allowed."""

from __future__ import annotations

import re

import pytest

from pass_ops.errors import ConfigError
from pipelines.supply_chain.decisions import NOT_IN_CLONE, OTHERS, READ_FROM_TEXT
from pipelines.supply_chain.image_contents import PythonPackage, python_packages
from pipelines.supply_chain.licence_page import PAGE, with_tables
from pipelines.supply_chain.licences import (
    declared_expression,
    require_allowed,
    spdx_expression,
)
from pipelines.supply_chain.lock_files import LOCK_FILES, read_lock_file

TEXT = PAGE.read_text(encoding="utf-8")


def package(
    *, name: str = "a", expression: str = "", licence: str = "", **more: str
) -> PythonPackage:
    """A package's metadata; `more` has `classifiers`, separated by commas."""
    return PythonPackage(
        name=name,
        version="1",
        expression=expression,
        licence=licence,
        classifiers=[one for one in more.get("classifiers", "").split(",") if one],
        libraries=[],
    )


def test_the_page_is_that_of_the_lock_files_and_of_what_is_installed() -> None:
    # Where packages were meant to change: make licences.
    assert with_tables(TEXT) == TEXT


def test_every_package_of_every_lock_file_is_on_the_page() -> None:
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
    listed = {(name, version): uses.split(", ") for name, version, _, uses in rows}
    for use, lock in LOCK_FILES.items():
        for one in read_lock_file(lock).values():
            assert use in listed[one.name, one.version]


def test_every_decision_is_needed() -> None:
    locked = {name for lock in LOCK_FILES.values() for name in read_lock_file(lock)}
    assert OTHERS.keys() <= locked
    assert READ_FROM_TEXT.keys() <= locked
    assert NOT_IN_CLONE.keys() <= locked - read_lock_file(LOCK_FILES["clone"]).keys()
    installed = {one["name"].lower().replace("_", "-"): one for one in python_packages()}
    plain = [
        name
        for name in READ_FROM_TEXT.keys() & installed.keys()
        if declared_expression(installed[name]) == READ_FROM_TEXT[name]
    ]
    assert plain == []


@pytest.mark.parametrize(
    ("metadata", "expression"),
    [
        (
            {"expression": "Apache-2.0 OR BSD-2-Clause", "licence": "MIT"},
            "Apache-2.0 OR BSD-2-Clause",
        ),
        ({"licence": "apache-2.0"}, "Apache-2.0"),
        ({"licence": "Apache License 2.0"}, "Apache-2.0"),
        ({"licence": "MPL-2.0 AND MIT"}, "MPL-2.0 AND MIT"),
        ({"licence": "Copyright ...", "classifiers": "OSI Approved :: MIT License"}, "MIT"),
        ({"licence": "BSD", "classifiers": "OSI Approved :: BSD License"}, None),
        ({"classifiers": "OSI Approved :: MIT License,Other/Proprietary License"}, None),
        ({}, None),
        ({"name": "NumPy", "licence": "anything"}, "BSD-3-Clause"),
    ],
)
def test_metadata_become_an_expression(metadata: dict[str, str], expression: str | None) -> None:
    assert spdx_expression(package(**metadata)) == expression


@pytest.mark.parametrize(
    ("name", "expression"),
    [("a", "MIT"), ("a", "Apache-2.0 AND (MIT OR ISC)"), ("certifi", "MPL-2.0")],
)
def test_what_was_decided_on_is_allowed(name: str, expression: str) -> None:
    assert require_allowed(name, expression) == expression


@pytest.mark.parametrize(
    ("name", "expression", "message"),
    [
        ("a", None, "a: its metadata do not say"),
        ("a", "MPL-2.0", "a: nobody has decided on its licence, MPL-2.0"),
        ("a", "MIT AND GPL-3.0-only", "a: nobody has decided on its licence"),
        ("certifi", "AGPL-3.0-only", "certifi: nobody has decided on its licence, AGPL-3.0-only"),
    ],
)
def test_what_nobody_decided_on_is_refused(name: str, expression: str | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        require_allowed(name, expression)
    assert "pipelines/supply_chain/decisions.py" in str(error.value)
