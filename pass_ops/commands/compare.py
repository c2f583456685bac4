"""`pass-ops compare`: two runs of `make run` side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pass_ops.paths import PagePath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.storage.outputs import require_free

RunArgument = Annotated[Path, typer.Argument(help="Folder of a run: runs/<time>.")]


def compare_runs(
    *,
    run_a: RunArgument,
    run_b: RunArgument,
    output: Annotated[Path, typer.Option(help="Page to write.")] = Path("comparison.html"),
) -> None:
    """Compare two runs: settings that differ, scores, IoU of each class, pictures, on one page."""
    # `pass-ops --help` need not wait for these.
    from pass_ops.comparison.page import comparison_page, summary_tables
    from pass_ops.comparison.run_folder import open_both

    page = PagePath(output)
    require_free(page, form_of(PagePath), (run_a, run_b))
    runs = open_both(run_a, run_b)
    with atomic_path(page, form_of(PagePath)) as temporary:
        temporary.write_text(comparison_page(runs), encoding="utf-8")
    for table in summary_tables(runs):
        if table.rows:
            typer.echo(f"{table.title}\n{table.text()}\n")
    typer.echo(f"page: {page}")
