"""What must be known of an exported model to use it, and to judge it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.transforms.normalise import MEAN, STD
from pass_ops.paths import ModelPath
from pass_ops.serving.files import DESCRIPTION
from pass_ops.storage.contents.records import read_record
from pass_ops.storage.contents.strict_json import with_null


@dataclass(frozen=True, kw_only=True)
class Scores:
    """How good predictions are on one split; fractions 0..1.

    Attributes:
        metrics: every metric that has a value, by its short name; none where masks are hidden.
        iou: of the background and the classes, in the order of `Description.classes`; none where
            masks are hidden.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    iou: tuple[float, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Description:
    """Of an exported model.

    Attributes:
        classes: names of the ids 0..K, the background first.
        label_space: the clustering whose ids the network's outputs name.
        prediction: sizes of the network's inputs, flip, limit of resolution.
        mean, std: of each channel of pixels in [0, 1], by which inputs are normalised.
        data, data_digest, images: address of the data set, what it holds, images of each split.
        profile, seed, compat, overrides: what was run.
        masks, initial: what made masks; what all training began with.
        selection: what chose the matching, the threshold, the checkpoint, by name.
        epoch: of the segmenter.
        commit: of the code, as Git names it; empty where that is not known.
        scores: of the run's predictions, by split.
        alone: metrics of the model's own predictions by short name, by split, where its run
            completed them with masks (method 14); empty where `scores` are of these.
        scores_by_seed: of the runs on the same data with the same settings, this one's included:
            every score by its full name, by the seed.
    """

    classes: tuple[str, ...]
    label_space: str
    prediction: PredictionConfig
    data: str
    data_digest: str
    images: dict[str, int]
    profile: str
    seed: int
    compat: str
    overrides: dict[str, Any]
    masks: str
    initial: str
    selection: dict[str, str]
    epoch: int
    commit: str
    scores: dict[str, Scores]
    alone: dict[str, dict[str, float]] = field(default_factory=dict)
    scores_by_seed: dict[str, dict[str, float]] = field(default_factory=dict)
    mean: tuple[float, float, float] = MEAN
    std: tuple[float, float, float] = STD

    def save(self, folder: Path) -> None:
        """Write the file into a model's folder."""
        text = json.dumps(with_null(asdict(self)), indent=2, allow_nan=False)
        (folder / DESCRIPTION).write_text(text + "\n")

    @classmethod
    def load(cls, folder: ModelPath) -> Description:
        """Read the file of a model's folder.

        Raises:
            ArtifactError: it is not there, or no description.
        """
        return read_record(
            kind=cls,
            path=folder / DESCRIPTION,
            what="description of a model",
            advice="give the folder model/ of a run",
        )
