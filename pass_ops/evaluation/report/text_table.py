"""A table of text cells, in Markdown and plain text; templates make HTML of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

NOTHING = "–"


@dataclass(frozen=True)
class Table:
    """A table of text cells.

    Attributes:
        title: of the table.
        header: of its columns; the first names the row, the others hold numbers.
        rows: as many cells each as the header has.
    """

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """A Markdown table without its title."""
        rule = ("---", *["---:"] * (len(self.header) - 1))
        return "\n".join(_markdown_row(row) for row in (self.header, rule, *self.rows)) + "\n"

    def text(self) -> str:
        """The table in columns of plain text."""
        rows = (self.header, *self.rows)
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(
                (
                    row[0].ljust(widths[0]),
                    *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
                )
            )
            for row in rows
        )


def _markdown_row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def decimal(value: float) -> str:
    """Three decimals, or a dash for NaN."""
    return NOTHING if math.isnan(value) else f"{value:.3f}"
