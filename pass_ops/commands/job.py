"""What every stage's command is told: data set, settings, and the folder that the stages' files lie
in.

`OUTPUT/dataset.json` points to the data set. Stage S writes its artifact A to `OUTPUT/S/A`, or
`OUTPUT/S_test/A` where it runs on several splits, and its figures to `OUTPUT/S/figures.json`.
"""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from pass_ops.commands.overrides import parse_overrides
from pass_ops.config.resolve import profiles, resolve
from pass_ops.data.locate import locate
from pass_ops.errors import ArtifactError, DataError
from pass_ops.stages.base import Metadata
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.s3 import is_s3

POINTER, FIGURES = "dataset.json", "figures.json"

ProfileOption = Annotated[
    str, typer.Option(help=f"Settings to start from: {', '.join(profiles())}.")
]
OverridesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A setting that wins over the profile's: pretrain.epochs=3.",
    ),
]
SeedOption = Annotated[int, typer.Option(help="Of every random choice.")]
CompatOption = Annotated[
    str, typer.Option(help="fixed, or reference for the published arithmetic with its quirks.")
]


@dataclass(kw_only=True)
class Job:
    """The options of a stage's command; its settings, and the path of its data set's pointer,
    follow from them.

    Raises:
        ConfigError: see `config.resolve`.
        DataError: there is no such data set, or it cannot be used.
        StorageError: the S3 server refuses.
    """

    output: Annotated[
        Path, typer.Option(file_okay=False, help="Folder that the stages' files lie in.")
    ]
    profile: ProfileOption
    data: Annotated[
        str | None,
        typer.Option(
            help="Data set: folder, s3://… or pointer file. Later stages know it from OUTPUT."
        ),
    ] = None
    source: Annotated[
        Path | None, typer.Option("--input", help="Earlier stages' OUTPUT, if it was another.")
    ] = None
    overrides: OverridesOption = None
    seed: SeedOption = 31
    compat: CompatOption = "fixed"
    settings: dict[str, dict[str, Any]] = field(init=False)
    dataset: str = field(init=False)

    def __post_init__(self) -> None:
        self.settings = resolve(
            self.profile, parse_overrides(self.overrides or ()), self.seed, self.compat
        )
        self.dataset = str(self._point())

    def _point(self) -> Path:
        pointer = self.output / POINTER
        if self.data is not None:
            locate(self.data if is_s3(self.data) else str(Path(self.data).resolve())).save(pointer)
            return pointer
        for folder in (self.output, self.folder):
            if (folder / POINTER).is_file():
                return folder / POINTER
        raise DataError(f"{pointer}: missing, so the data set is unknown; name it with --data")

    @property
    def folder(self) -> Path:
        """Where earlier stages wrote."""
        return self.source or self.output

    def write(self, stage: str, artifact: str) -> str:
        """Path of what a stage is to write."""
        return str(self.output / stage / artifact)

    def read(self, stage: str, artifact: str) -> str:
        """Path of what an earlier stage wrote.

        Raises:
            ArtifactError: it did not.
        """
        path = self.folder / stage / artifact
        if not path.exists():
            raise ArtifactError(f"{path}: missing; run stage {stage} first, with the same --output")
        return str(path)

    def figures(self, stage: str) -> Metadata:
        """What an earlier stage measured.

        Raises:
            ArtifactError: it has not run.
        """
        figures: Metadata = json.loads(Path(self.read(stage, FIGURES)).read_text())
        return figures

    def keep(self, figures: Metadata) -> None:
        """Write and print what a stage measured."""
        finite = {
            name: value
            for name, value in figures.items()
            if isinstance(value, str) or math.isfinite(value)
        }
        with atomic_path(Path(self.write(figures["stage"], FIGURES))) as temporary:
            temporary.write_text(json.dumps(finite, indent=2) + "\n")
        typer.echo(
            f"{figures['stage']}: {figures['figure']}, {figures['seconds']:.1f} s, {figures['peak_rss_mb']:.0f} MB"
        )


@dataclass(kw_only=True)
class SplitJob(Job):
    """Options of a stage that runs on one of several splits."""

    split: Annotated[str, typer.Option(help="train, validation or test.")] = "validation"


@dataclass(kw_only=True)
class RoundJob(SplitJob):
    """Options of a stage that both rounds of segmentation run."""

    round: Annotated[int, typer.Option(min=1, max=2, help="Of segmentation.")] = 2


@dataclass(kw_only=True)
class MaskJob(RoundJob):
    """Options of a stage that makes masks."""

    mask_back_end: Annotated[
        str, typer.Option(help="sam, onnx or classical; by default sam with weights.")
    ] = ""
    mask_weights: Annotated[
        str, typer.Option(help="Folder or s3:// prefix of the back end's weights.")
    ] = ""


@dataclass(kw_only=True)
class DenoiseJob(Job):
    """Options of label denoising."""

    first: Annotated[
        str, typer.Option(help="Step to begin with; those before it must lie in OUTPUT or --input.")
    ] = "cluster_1"
    last: Annotated[str, typer.Option(help="Step to end with.")] = "diagnose_labels"


AnyJob = TypeVar("AnyJob", bound=Job)


def add_command(
    app: typer.Typer, name: str, text: str | None, run: Callable[[AnyJob], None], job: type[AnyJob]
) -> None:
    """Add a command whose options are the fields of `job`."""

    def command(**options: Any) -> None:
        run(job(**options))

    command.__signature__ = inspect.signature(job, eval_str=True)  # type: ignore[attr-defined]  # What Typer goes by.
    app.command(name.replace("_", "-"), help=text)(command)
