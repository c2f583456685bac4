"""Every training in two processes, and in parts: the same curves as in one, the same weights."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.models.weights import load_arrays
from tests.stages.ranks.inputs import write_inputs
from tests.stages.ranks.stage_run import TOLERANCE, losses, run

MOVED = 1e-2
"""How far apart weights may be after the first epoch, over the way of the next two."""
SGD = OptimiserConfig(base_lr=0.001)
ADAM = OptimiserConfig(name="adamw", base_lr=0.0002, final_lr=0.0001, weight_decay=0.0)
COMMON: dict[str, Any] = {"epochs": 3, "batch_size": 32, "workers": 2, "checkpoint_every": 1}
# Soft codes, small steps: else all that is rounded otherwise, with more threads too, grows tenfold
# with each step.
SWAV = SwavConfig(epsilon=0.5, queue_length=64, queue_start_epoch=0, freeze_prototypes_iterations=0)

pytestmark = pytest.mark.usefixtures("mpirun")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what trainings read."""
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


def trainings(inputs: Path, ranks: int, network: NetworkConfig) -> Iterator[list[Path]]:
    """The weights after three epochs of each training, as the next ones need them."""
    output = inputs / str(ranks)
    output.mkdir()
    # Weights that a training starts from are those of one process.
    alone = inputs / "1"
    views = ViewsConfig(
        sizes=(32, 24), crops=(2, 2), min_scale=(0.3, 0.1), max_scale=(1, 0.3), grid=3
    )

    def train(stage: str, config: Any, **values: Any) -> None:
        values |= {"config": dataclasses.asdict(config), "dataset": inputs / "dataset.json"}
        run(stage, ranks, **values)

    def epochs(stage: str, last: str) -> list[Path]:
        middle = [output / "checkpoints" / f"{stage}-000{epoch}" for epoch in (1, 2)]
        return [*middle, output / last]

    common = {"views": views, "optimiser": SGD, "swav": SWAV, "cache_side": 48, **COMMON}
    train(
        "pretrain",
        # Images are told apart from those of all ranks.
        PretrainConfig(
            network=network, contrastive_weight=0.1, contrastive_temperature=1, **common
        ),
        weights=output / "pretrain",
        initial_weights=output / "initial",
    )
    yield epochs("pretrain", "pretrain")
    train(
        "train_pixel_attention",
        PixelAttentionConfig(**common),
        pretrained=alone / "pretrain",
        weights=output / "attention",
    )
    yield epochs("train_pixel_attention", "attention")
    train(
        "train_classifier",
        ClassifierConfig(optimiser=ADAM, crop=32, ensemble_epochs=3, cache_side=48, **COMMON),
        name="f",
        labels=inputs / "labels.parquet",
        weights=alone / "attention",
        checkpoints=output / "classifiers",
        last=output / "classifier",
    )
    yield sorted((output / "classifiers").iterdir())
    config = SegmentationConfig(optimiser=ADAM, crop=32, confidence_weights=True, **COMMON)
    yield segmenters(
        inputs=inputs,
        ranks=ranks,
        config=config,
        pretrained=alone / "pretrain",
        checkpoints=output / "segmenters",
    )


def segmenters(
    *,
    inputs: Path,
    ranks: int,
    config: SegmentationConfig,
    pretrained: Path,
    checkpoints: Path,
) -> list[Path]:
    """The weights after each epoch of a segmenter's training."""
    run(
        "train_segmenter",
        ranks,
        name="round_1",
        config=dataclasses.asdict(config),
        dataset=inputs / "dataset.json",
        painted_maps=inputs / "maps",
        image_labels=inputs / "image-labels.parquet",
        pretrained=pretrained,
        checkpoints=checkpoints,
    )
    return sorted(checkpoints.iterdir())


@pytest.mark.slow
def test_twice_16_images_a_step_are_once_32(inputs: Path, tiny_network: NetworkConfig) -> None:
    one, two = (list(trainings(inputs, ranks, tiny_network)) for ranks in (1, 2))
    assert [len(folders) for folders in one] == [3, 3, 3, 3]
    for alone, together in zip(one, two, strict=True):
        print(losses(*alone), losses(*together), apart(alone, together[0]))
        assert losses(*together) == pytest.approx(losses(*alone), rel=TOLERANCE)
        assert apart(alone, together[0]) < MOVED


@pytest.mark.slow
def test_two_processes_compute_their_rows_in_parts(
    inputs: Path, pretrained: Path, tmp_path: Path
) -> None:
    found = []
    for ranks, parts in ((1, 1), (2, 2)):
        optimiser = dataclasses.replace(ADAM, accumulate=parts)
        config = SegmentationConfig(
            optimiser=optimiser, crop=32, confidence_weights=True, **COMMON | {"epochs": 1}
        )
        folders = segmenters(
            inputs=inputs,
            ranks=ranks,
            config=config,
            pretrained=pretrained / "last",
            checkpoints=tmp_path / str(ranks),
        )
        found += losses(*folders)
    # BatchNorm sees other images together.
    assert found[1] == pytest.approx(found[0], rel=0.1)


def apart(alone: list[Path], together: Path) -> float:
    """How far apart weights are after the first epoch, over the way of the next two."""
    first, last, other = (vector(folder) for folder in (alone[0], alone[-1], together))
    return float(np.linalg.norm(other - first) / np.linalg.norm(last - first))


def vector(folder: Path) -> np.ndarray:
    """All parameters; not the statistics, which move most."""
    arrays = load_arrays(folder)
    names = [name for name in sorted(arrays) if "running" not in name]
    return np.concatenate([arrays[name].ravel() for name in names])
