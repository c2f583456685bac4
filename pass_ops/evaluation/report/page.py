"""The frame of a page, and the parts that pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.report.text_table import Table


@dataclass(frozen=True)
class Figure:
    """A picture with a caption.

    Attributes:
        caption: text below the picture.
        picture: PNG or JPEG.
    """

    caption: str
    picture: bytes


def html_page(title: str, parts: Sequence[Markup]) -> str:
    """A page that needs nothing from outside, light or dark.

    Args:
        title: of the page.
        parts: its elements.
    """
    return html("page.html", title=title, parts=parts)


def section(
    *, heading: str, body: Markup | None = None, table: Table | None = None, note: str = ""
) -> Markup:
    """A part of a page under a heading.

    Args:
        heading: of the part.
        body: what it shows.
        table: that it ends with; left out where it has no rows.
        note: a line of explanation.
    """
    return html("section.html", heading=heading, body=body or "", table=table, note=note)
