"""What every stage's command is told: data set, settings, and the folder that the stages' files
lie in.

`OUTPUT/dataset.json` points to the data set. Task T of the graph writes its artifact A to
`OUTPUT/T/A`, and its metrics to `OUTPUT/T/metrics.json`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from pass_ops.commands.options import CompatOption, OverridesOption, ProfileOption, SeedOption
from pass_ops.commands.overrides import parse_overrides
from pass_ops.commands.used import require_used, used_by
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.data.pointer import DatasetPointer
from pass_ops.engine.stage import save_metrics
from pass_ops.errors import ArtifactError, DataError
from pass_ops.graph.recorder import Parameter, Setting, Task
from pass_ops.models.card import load_card
from pass_ops.paths import LabelMapsPath, MetricsPath, PointerPath, WeightsPath
from pass_ops.representation.initial_weights import read_initial_card
from pass_ops.sam.fetch import back_end_name, require_weights
from pass_ops.stages.run import run_stage
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.kinds import require_all_free
from pass_ops.versions import commit

POINTER, METRICS = "dataset.json", "metrics.json"
CLUSTERS = Path("choose_clusters", "clusters.json")
# The last masks: what made them is what a report names.
LAST_MASKS = "prompt_masks_round_2/painted_maps"
# And what training began with.
PRETRAINED = "pretrain/weights"


@dataclass(kw_only=True)
class Job:
    """The tasks that a command runs, and its options; the settings, and the path of the data set's
    pointer, follow from them.

    Raises:
        ConfigError: see `config.resolve`; or an option that would change nothing.
        ArtifactError: there are no such weights to make masks by, or to start from.
        DataError: there is no such data set, or it cannot be used.
        StorageError: the S3 server refuses.
    """

    tasks: list[Task]
    output: Annotated[Path, typer.Option(help="Folder that the stages' files lie in.")]
    profile: ProfileOption
    data: Annotated[
        str | None,
        typer.Option(
            help="Data set: folder, s3://… or pointer file. Later stages know it from OUTPUT."
        ),
    ] = None
    source: Annotated[
        Path | None,
        typer.Option(
            "--input",
            exists=True,
            file_okay=False,
            help="Earlier stages' OUTPUT, if it was another.",
        ),
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
        overrides = parse_overrides(self.overrides or ())
        self.settings = resolve(
            profile=self.profile, overrides=overrides, seed=self.seed, compat=self.compat
        )
        masks = {"mask_back_end": self.mask_back_end, "mask_weights": self.mask_weights}
        require_used(tasks=self.tasks, overrides=overrides, masks=masks)
        require_weights(back_end_name(self.mask_back_end, self.mask_weights), self.mask_weights)
        if "pretrain" in used_by(self.tasks):
            read_initial_card(build(PretrainConfig, self.settings["pretrain"]))
        self.dataset = self._point()

    def run(self) -> None:
        """Run the tasks, one after the other, on the files in OUTPUT; write and print what they
        measured.

        Raises:
            ArtifactError: a task before them has not run.
            StorageError: where one of them writes is something else than its earlier output.
        """
        data = DatasetPointer.load(self.dataset).uri
        for task in self.tasks:
            outputs = {task.values[port.name]: port.kind for port in task.declaration.outputs}
            outputs[Path(task.name) / METRICS] = MetricsPath
            require_all_free(
                {self.output / path: kind for path, kind in outputs.items()},
                (data, self.mask_weights, self.settings["pretrain"]["initial_weights"]),
            )
        for task in self.tasks:
            self._run(task)

    def _run(self, task: Task) -> None:
        """Run one task, its inputs read from OUTPUT or from where earlier stages wrote."""
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
        """Path of the data set's pointer: written where --data names a set, else an earlier one."""
        pointer = PointerPath(self.output / POINTER)
        if self.data is not None:
            # `pass-ops --help` need not wait for it.
            from pass_ops.data.locate import locate

            dataset = locate(self.data if is_s3(self.data) else os.path.realpath(self.data))
            require_all_free({pointer: PointerPath}, (dataset.uri, self.mask_weights))
            dataset.save(pointer)
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
        """Path of what an earlier task wrote; the data set's pointer is this command's own, or that
        of the same set with a number of clusters, if there is one.
        """
        if artifact.name == POINTER:
            return self.dataset
        if artifact == CLUSTERS:
            pointer = PointerPath(self._folder / artifact)
            if not pointer.is_file():
                return self.dataset
            same = DatasetPointer.load(pointer).digest == DatasetPointer.load(self.dataset).digest
            return pointer if same else self.dataset
        path = self._folder / artifact
        if not path.exists():
            raise ArtifactError(
                f"{path}: missing; run stage {artifact.parent} first, with the same --output"
            )
        return path

    def _run_info(self) -> dict[str, Any]:
        """What is run, for reports: see `config.settings.RunInfo`."""
        from pass_ops.data.label_maps.reader import LabelMaps

        masks = LabelMaps(LabelMapsPath(self._read(Path(LAST_MASKS))))
        pointer = DatasetPointer.load(self.dataset)
        return {
            "data": pointer.uri,
            "data_digest": pointer.digest,
            "overrides": parse_overrides(self.overrides or ()),
            "commit": commit(),
            "profile": self.profile,
            "seed": self.seed,
            "compat": self.compat,
            "mask_backend": masks.origin("masks_by"),
            "initial_weights": load_card(WeightsPath(self._read(Path(PRETRAINED)))).initial,
        }

    def _keep(self, task: str, metrics: dict[str, Any]) -> None:
        """Write and print what a task measured."""
        save_metrics(MetricsPath(self.output / task / METRICS), metrics)
        typer.echo(closing_line(metrics))


def closing_line(metrics: Mapping[str, Any]) -> str:
    """What a command prints of `metrics` (see `engine.stage.run_stage`) at its end."""
    seconds, memory = metrics["seconds"], metrics["peak_rss_mb"]
    return f"{metrics['stage']}: {metrics['figure']}, {seconds:.1f} s, {memory:.0f} MB"
