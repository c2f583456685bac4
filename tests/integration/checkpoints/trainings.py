"""The trainings at their smallest, once with each settings, as stages that any process can run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.engine.checkpoints.files import MANIFEST
from pass_ops.models.weights import load_arrays

TRAININGS = (
    "pretrain",
    "train_pixel_attention",
    *(f"train_classifier_{name}" for name in "fghc"),
    "train_segmenter",
)
EPOCHS, STEPS = 2, 6
_SPACE = {"label_space": "clustering-1"}
_SHORT: dict[str, Any] = {"epochs": EPOCHS, "batch_size": 8, "workers": 2}
_ADAMW = OptimiserConfig(name="adamw", base_lr=0.003, final_lr=0.0003, weight_decay=0.0)
_PROGRAM = """
import json, sys
from pass_ops.stages.run import run_stage
name, values = json.loads(sys.argv[1])
run_stage(name, **values)
"""


class Trainings:
    """What the trainings read, and how each is run.

    Args:
        folder: with `dataset.json`, `pretrained` and `attention`; labels are put there.
        images: the training split.
        pretrain, attention: the tests' settings of steps 1 and 2.1.
    """

    def __init__(
        self,
        *,
        folder: Path,
        images: Images,
        pretrain: PretrainConfig,
        attention: PixelAttentionConfig,
    ) -> None:
        self.folder, self.pretrain, self.attention = folder, pretrain, attention
        table = pd.DataFrame({"key": images.keys, "label": np.arange(len(images)) % 6})
        table.assign(confidence=1.0, **_SPACE).to_parquet(folder / "images.parquet")
        with LabelMapWriter(folder / "maps", _SPACE) as writer:
            for key in images.keys:
                bright = images.image(key).mean(axis=2) > 128
                writer.write(key, bright.astype(np.int32))

    def use(self, training: str, output: Path, minutes: float) -> tuple[str, dict[str, Any]]:
        """Name and values of a stage, for `stages.run.run_stage`.

        Args:
            training: one of `TRAININGS`.
            output: folder for what it writes.
            minutes: between checkpoints.
        """
        name, config, values = training, {}, {}
        if training == "pretrain":
            config = asdict(self.pretrain)
            values = {"weights": output / "last", "initial_weights": output / "initial"}
        elif training == "train_pixel_attention":
            config = asdict(self.attention)
            config["swav"] |= {"queue_length": 16}
            values = {"pretrained": self.folder / "pretrained", "weights": output / "last"}
        elif training == "train_segmenter":
            config = asdict(SegmentationConfig(optimiser=_ADAMW, crop=32))
            values = {
                "name": "round_1",
                "painted_maps": self.folder / "maps",
                "image_labels": self.folder / "images.parquet",
                "pretrained": self.folder / "pretrained",
                "checkpoints": output / "checkpoints",
            }
        else:
            name, _, which = training.rpartition("_")
            pooling = "attention" if which == "g" else "plain"
            config = asdict(
                ClassifierConfig(
                    optimiser=_ADAMW, pooling=pooling, crop=32, ensemble_epochs=2, cache_side=48
                )
            )
            values = {
                "name": which,
                "labels": self.folder / "images.parquet",
                "weights": self.folder / "attention",
                "checkpoints": output / "checkpoints",
                "last": output / "last",
            }
        paths = {key: str(value) for key, value in values.items()}
        paths["dataset"] = str(self.folder / "dataset.json")
        return name, {**paths, "config": config | _SHORT | {"checkpoint_minutes": minutes}}

    def start(
        self, *, training: str, output: Path, minutes: float, environment: Mapping[str, str]
    ) -> subprocess.Popen[str]:
        """Start a training as a process of its own.

        Args:
            training, output, minutes: see `use`.
            environment: beside this process's own.
        """
        output.mkdir(parents=True)
        use = json.dumps(self.use(training, output, minutes))
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, use],
            env={**os.environ, **environment, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=(output / "log").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )


def losses(checkpoints: Path) -> list[dict[str, float]]:
    """Metrics of every epoch, as the one checkpoint of a finished training has them."""
    (manifest,) = checkpoints.rglob(MANIFEST)
    return list(json.loads(manifest.read_text())["values"]["epochs"])


def differences(one: Path, other: Path) -> list[str]:
    """Weights and cards in which the outputs of two runs differ, to the bit."""
    names, others = _outputs(one), _outputs(other)
    found = [str(name) for name in names ^ others]
    for name in names & others:
        first, second = load_arrays(one / name), load_arrays(other / name)
        found += [f"{name}/{key}" for key in first.keys() ^ second.keys()]
        found += [
            f"{name}/{key}"
            for key in first.keys() & second.keys()
            if not np.array_equal(first[key], second[key])
        ]
        cards = [json.loads((run / name / "model.json").read_text()) for run in (one, other)]
        found += [
            f"{name}/{key}"
            for key in cards[0]
            if cards[0][key] != cards[1][key] and key != "config_digest"
        ]
    assert names
    return found


def _outputs(folder: Path) -> set[Path]:
    """Folders of weights that stages hand on: not what a run leaves beside them."""
    return {
        path.relative_to(folder).parent
        for path in folder.rglob("model.safetensors")
        if path.parent.name in ("last", "initial") or path.parent.name.startswith("epoch-")
    }
