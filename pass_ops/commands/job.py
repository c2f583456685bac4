"""What every stage's command is told: data set, settings, and the folder that the stages' files
lie in.

`OUTPUT/dataset.json` points to the data set. Task T of the graph writes its artifact A to
`OUTPUT/T/A`, and its metrics to `OUTPUT/T/metrics.json`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from pass_ops.commands.overrides import parse_overrides
from pass_ops.config.resolve import profiles, resolve
from pass_ops.data.label_maps import LabelMaps
from pass_ops.data.locate import locate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.errors import ArtifactError, DataError
from pass_ops.graph.recorder import Parameter, Setting, Task
from pass_ops.paths import LabelMapsPath, PointerPath
from pass_ops.stages.run import run_stage
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.s3 import is_s3

POINTER, METRICS = "dataset.json", "metrics.json"
# The last masks: what made them is what a report names.
LAST_MASKS = "prompt_masks_round_2/painted_maps"

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
    mask_back_end: Annotated[
        str, typer.Option(help="sam, onnx or classical; by default sam with weights.")
    ] = ""
    mask_weights: Annotated[
        str, typer.Option(help="Folder or s3:// prefix of the back end's weights.")
    ] = ""
    settings: dict[str, dict[str, Any]] = field(init=False)
    dataset: PointerPath = field(init=False)

    def __post_init__(self) -> None:
        self.settings = resolve(
            profile=self.profile,
            overrides=parse_overrides(self.overrides or ()),
            seed=self.seed,
            compat=self.compat,
        )
        self.dataset = self._point()

    def run(self, task: Task) -> None:
        """Run one task of the graph on the files in OUTPUT; write and print what it measured.

        Raises:
            ArtifactError: a task before it has not run.
        """
        paths = {port.name: port.output for port in task.declaration.ports if port.is_artifact}
        values: dict[str, Any] = {}
        for name, value in task.values.items():
            if isinstance(value, Setting):
                values[name] = (
                    self._run_info() if value.name == "run" else self.settings[value.name]
                )
            elif isinstance(value, Parameter):
                values[name] = getattr(self, value.name)
            elif name not in paths:
                values[name] = value
            else:
                values[name] = self.output / value if paths[name] else self._read(value)
        self._keep(task.name, run_stage(task.declaration.name, **values))

    def _point(self) -> PointerPath:
        pointer = PointerPath(self.output / POINTER)
        if self.data is not None:
            locate(self.data if is_s3(self.data) else str(Path(self.data).resolve())).save(pointer)
            return pointer
        for folder in (self.output, self._folder):
            if (folder / POINTER).is_file():
                return PointerPath(folder / POINTER)
        raise DataError(f"{pointer}: missing, so the data set is unknown; name it with --data")

    @property
    def _folder(self) -> Path:
        """Where earlier stages wrote."""
        return self.source or self.output

    def _read(self, artifact: Path) -> Path:
        """Path of what an earlier task wrote; the data set's pointer is this command's own."""
        if artifact.name == POINTER:
            return self.dataset
        path = self._folder / artifact
        if not path.exists():
            raise ArtifactError(
                f"{path}: missing; run stage {artifact.parent} first, with the same --output"
            )
        return path

    def _run_info(self) -> dict[str, Any]:
        """What is run, for reports: see `config.settings.RunInfo`."""
        masks = LabelMaps(LabelMapsPath(self._read(Path(LAST_MASKS))))
        return {
            "data": DatasetPointer.load(self.dataset).uri,
            "profile": self.profile,
            "seed": self.seed,
            "compat": self.compat,
            "mask_backend": masks.meta["masks_by"],
        }

    def _keep(self, task: str, metrics: dict[str, Any]) -> None:
        """Write and print what a task measured."""
        finite = {
            name: value
            for name, value in metrics.items()
            if isinstance(value, str) or math.isfinite(value)
        }
        with atomic_path(self.output / task / METRICS) as temporary:
            temporary.write_text(json.dumps(finite, indent=2) + "\n")
        typer.echo(closing_line(metrics))


def closing_line(metrics: Mapping[str, Any]) -> str:
    """What a command prints of `metrics` (see `engine.stage.run_stage`) at its end."""
    seconds, memory = metrics["seconds"], metrics["peak_rss_mb"]
    return f"{metrics['stage']}: {metrics['figure']}, {seconds:.1f} s, {memory:.0f} MB"
