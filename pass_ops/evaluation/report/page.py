"""The frame of every page: one HTML file that needs nothing from outside, light or dark."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from pass_ops.evaluation.report.style import STYLE

_PNG = b"\x89PNG"


@dataclass(frozen=True)
class Figure:
    """A picture with a caption.

    Attributes:
        caption: text below the picture.
        picture: PNG or JPEG.
    """

    caption: str
    picture: bytes


def html_page(title: str, parts: Iterable[str]) -> str:
    """A page.

    Args:
        title: of the page, as text.
        parts: its elements, as HTML.
    """
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def section(heading: str, body: str, note: str = "") -> str:
    """A part of a page under a heading.

    Args:
        heading: text.
        body: HTML.
        note: a line of explanation.
    """
    below = f'<p class="note">{escape(note)}</p>' if note else ""
    return f"<section><h2>{escape(heading)}</h2>{below}{body}</section>"


def folded(heading: str, body: str) -> str:
    """A part that opens on a click.

    Args:
        heading: text to click on.
        body: HTML.
    """
    return f"<details><summary>{escape(heading)}</summary>{body}</details>"


def figures(items: Sequence[Figure]) -> str:
    """Pictures with captions, in as many columns as fit."""
    return f'<div class="examples">{"".join(map(_figure, items))}</div>'


def inline(picture: bytes) -> str:
    """The picture as an address."""
    kind = "png" if picture.startswith(_PNG) else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(picture).decode("ascii")


def _figure(item: Figure) -> str:
    caption = escape(item.caption)
    return (
        f'<figure><img alt="{caption}" src="{inline(item.picture)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )
