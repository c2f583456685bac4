"""Licences of Python packages as SPDX expressions, and whether they are allowed here."""

from __future__ import annotations

import re

from cyclonedx.spdx import fixup_id, is_expression
from packaging.utils import canonicalize_name

from pass_ops.errors import ConfigError
from pipelines.supply_chain.decisions import OTHERS, PERMISSIVE, READ_FROM_TEXT
from pipelines.supply_chain.image_contents import PythonPackage

_NAMES = {
    "3-clause bsd license": "BSD-3-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "gpl-3.0": "GPL-3.0-only",
    "isc license": "ISC",
    "mit license": "MIT",
}
_CLASSIFIERS = {
    "OSI Approved :: Apache Software License": "Apache-2.0",
    "OSI Approved :: ISC License (ISCL)": "ISC",
    "OSI Approved :: MIT License": "MIT",
    "OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "OSI Approved :: Python Software Foundation License": "PSF-2.0",
}
_DECISIONS = "pipelines/supply_chain/decisions.py"


def spdx_expression(package: PythonPackage) -> str | None:
    """The licence of a package as an SPDX expression; None where that cannot be told.

    Args:
        package: its metadata. `License-Expression` counts first, then `License`, then classifiers.
    """
    if read := READ_FROM_TEXT.get(canonicalize_name(package["name"])):
        return read
    return declared_expression(package)


def declared_expression(package: PythonPackage) -> str | None:
    """What the metadata of a package alone say, as `spdx_expression`."""
    for text in (package["expression"], package["licence"]):
        if expression := _normal(text.strip()):
            return expression
    expressions = {_CLASSIFIERS.get(classifier) for classifier in package["classifiers"]}
    return expressions.pop() if len(expressions) == 1 else None


def require_allowed(name: str, expression: str | None) -> str:
    """Refuse a licence that nobody has decided on; returns the expression.

    Args:
        name: of the package, normalised.
        expression: its licence; None if unknown.

    Raises:
        ConfigError: it is unknown, or neither permissive nor among those with a reason.
    """
    if expression is None:
        raise ConfigError(
            f"{name}: its metadata do not say which licence it has; read the text and write it to "
            f"READ_FROM_TEXT in {_DECISIONS}"
        )
    reasoned, _ = OTHERS.get(name, ("", ""))
    identifiers = set(re.findall(r"[\w.+-]+", expression)) - {"AND", "OR", "WITH"}
    if expression != reasoned and not identifiers <= PERMISSIVE:
        raise ConfigError(
            f"{name}: nobody has decided on its licence, {expression}: say in OTHERS of "
            f"{_DECISIONS} why it is allowed, or do without the package"
        )
    return expression


def _normal(text: str) -> str | None:
    """An SPDX expression that means `text`; None if there is none."""
    if known := _NAMES.get(text.lower()) or fixup_id(text):
        return known
    return text if text and is_expression(text) else None
