"""Pages and texts from the templates of `pass_ops/templates`.

What a template of HTML is given is escaped, unless it is `Markup`: HTML that a template made.
"""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pass_ops.evaluation.report.text_table import decimal

_PNG = b"\x89PNG"


def html(template: str, **values: Any) -> Markup:
    """A page, or a part of one.

    Args:
        template: name of its file.
        values: by the names that the template calls them by.
    """
    return Markup(_environment().get_template(template).render(values))


def text(template: str, **values: Any) -> str:
    """A text, in which nothing is escaped.

    Args:
        template: name of its file, which does not end in .html.
        values: by the names that the template calls them by.
    """
    return _environment().get_template(template).render(values)


def _inline(picture: bytes) -> str:
    """A PNG or JPEG as an address, so that a page needs no other file."""
    kind = "png" if picture.startswith(_PNG) else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(picture).decode("ascii")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("pass_ops"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"decimal": decimal, "inline": _inline, "zip": zip}
    return environment
