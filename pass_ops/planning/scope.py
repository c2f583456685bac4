"""What a run is planned for: its settings, its images, and which of these a stage works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from pass_ops.config.settings import Settings
from pass_ops.data.splits import EVERY, HELD_OUT, parts_of
from pass_ops.graph.recorder import Setting, Task
from pass_ops.planning import costs

# Which images a stage works on whose declaration has no split; training images, if not here.
_SPLITS = {
    "validate_data": EVERY,
    "measure_baselines": "held_out",
    "search_threshold": "validation",
    "make_coarse_labels": EVERY,
    "apply_crf": EVERY,
    "make_regions": EVERY,
    "refine_labels": EVERY,
    "choose_checkpoint": "validation",
    "evaluate_validation": "validation",
    "evaluate_test": "test",
    "complete_predictions": HELD_OUT,
    "diagnose_masks": HELD_OUT,
}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a run is planned for.

    Attributes:
        settings: of all stages.
        counts: images of each split.
        categories: K.
        labelled: whether the set has classes, which say how many clusters there are.
        masks: back end that makes masks: sam, onnx or classical.
    """

    settings: Settings
    counts: Mapping[str, int]
    categories: int
    labelled: bool
    masks: str

    def images(self, task: Task) -> int:
        """Images that a task works on."""
        return sum(self.counts.get(split, 0) for split in _splits(task))

    def images_held_out(self, task: Task) -> int:
        """Those of them that nothing is trained on."""
        return sum(self.counts.get(split, 0) for split in _splits(task) if split != "train")

    def config(self, task: Task) -> Any:
        """The settings of a task."""
        setting = task.values["config"]
        assert isinstance(setting, Setting)
        return getattr(self.settings, setting.name)

    def processes(self, task: Task) -> float:
        """Cores that a task's settings let it use at once, those of each GPU of a training."""
        if "config" not in task.values:
            return inf
        config = self.config(task)
        return float(getattr(config, "processes", getattr(config, "workers", inf)))

    @property
    def backbone(self) -> float:
        """Work of the backbone, that of ResNet-18 with 64 channels, which was timed, being 1."""
        network = self.settings.pretrain.network
        return costs.BACKBONES[network.arch] * (network.width / 64) ** 2


def _splits(task: Task) -> tuple[str, ...]:
    """Splits that a task works on."""
    return parts_of(str(task.values.get("split", _SPLITS.get(task.declaration.name, "train"))))
