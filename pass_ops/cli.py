"""The command line: `pass-ops --help`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Annotated, Any

import typer
import yaml
from typer.core import TyperGroup

from pass_ops.commands.compare import compare_runs
from pass_ops.commands.evaluate import evaluate_folder
from pass_ops.commands.options import CompatOption, OverridesOption, ProfileOption, SeedOption
from pass_ops.commands.overrides import parse_overrides
from pass_ops.commands.plan import plan_command
from pass_ops.commands.predict import predict_photographs
from pass_ops.commands.protocols import evaluate_by_distance, submission
from pass_ops.commands.sam import app as sam_app
from pass_ops.commands.stages import add_stages
from pass_ops.commands.track import app as track_app
from pass_ops.commands.weights import app as weights_app
from pass_ops.config.resolve import resolve
from pass_ops.data.cli import app as data_app
from pass_ops.engine.stage import one_line_errors
from pass_ops.program import usage_in_one_line
from pass_ops.versions import commit, package_version


class OneLineErrors(TyperGroup):
    """Ends every command whose failure is the user's to fix with one line: exit status 2 if it was
    called wrongly, else 1.
    """

    def make_context(self, *arguments: Any, **others: Any) -> Any:
        # Typer imports Rich and Pydantic there, and says nothing at Ctrl-C.
        with one_line_errors(), usage_in_one_line():
            return super().make_context(*arguments, **others)

    def invoke(self, ctx: Any) -> Any:
        with one_line_errors(), usage_in_one_line():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *sorted(_added())]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        command = super().get_command(ctx, cmd_name)
        if command is None and cmd_name in (added := _added()):
            single = typer.Typer(
                add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
            )
            single.command(cmd_name)(added[cmd_name].load())
            return typer.main.get_command(single)
        return command


def _added() -> dict[str, EntryPoint]:
    """Commands of packages above this one, by name: functions that they announce as entry
    points.
    """
    return {point.name: point for point in entry_points(group="pass_ops.commands")}


app = typer.Typer(
    cls=OneLineErrors,
    help="Unsupervised semantic segmentation (PASS), stage by stage. All stages at once: make run, "
    "or the KFP pipeline.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Rich would take what stands in square brackets for markup, and swallow it.
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)
app.add_typer(data_app, name="data")
app.add_typer(sam_app, name="sam")
app.add_typer(weights_app, name="weights")
app.add_typer(track_app, name="track")


def _print_version(wanted: bool) -> None:
    if wanted:
        code = commit()
        typer.echo(f"pass-ops {package_version('pass-ops')}" + (f" ({code})" if code else ""))
        raise typer.Exit


@app.callback()
def main_options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version, and the commit of a clone, and end.",
        ),
    ] = False,
) -> None:
    """Options of `pass-ops` itself."""


@app.command("config")
def config_command(
    *,
    profile: ProfileOption,
    overrides: OverridesOption = None,
    seed: SeedOption = 31,
    compat: CompatOption = "fixed",
) -> None:
    """Print the settings of every stage as YAML."""
    settings = resolve(
        profile=profile, overrides=parse_overrides(overrides or ()), seed=seed, compat=compat
    )
    typer.echo(yaml.safe_dump(settings, sort_keys=False), nl=False)


app.command("plan")(plan_command)
add_stages(app)
app.command("predict")(predict_photographs)
app.command("compare")(compare_runs)
app.command("evaluate")(evaluate_folder)
app.command("evaluate-by-distance")(evaluate_by_distance)
app.command("submission")(submission)
