"""Trainings in two processes: the same curves as in one, one error, one checkpoint for all."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.parts.views import ViewsConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import open_images
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.ranks.count import RANKS
from pass_ops.models.weights import load_arrays, load_card
from pass_ops.stages.run import run_stage

TOLERANCE = 1e-3
"""By how much of its value an epoch's mean loss may differ: sums over ranks are rounded otherwise,
and every step builds on those before."""
MOVED = 1e-2
"""How far apart weights may be after the first epoch, over the way of the next two."""

pytestmark = pytest.mark.usefixtures("mpirun")


@pytest.fixture(autouse=True)
def _data_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASS_DATA_CACHE", str(tmp_path / "data-cache"))


def pretrain(*, ranks: int, data: Path, config: PretrainConfig, output: Path) -> None:
    """Step 1, into the folders `last` and `initial` of `output`."""
    output.mkdir()
    locate(str(data)).save(output / "dataset.json")
    run(
        "pretrain",
        ranks,
        dataset=output / "dataset.json",
        config=dataclasses.asdict(config),
        weights=output / "last",
        initial_weights=output / "initial",
    )


def run(stage: str, ranks: int, /, **values: Any) -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(RANKS, str(ranks))
        return run_stage(stage, **values)


def losses(*folders: Path) -> list[float]:
    """What the cards of weights say."""
    return [load_card(folder).metrics["loss"] for folder in folders]


def gentle(config: PretrainConfig) -> PretrainConfig:
    """The same training at a rate at which rounding stays rounding.

    At 0.01 a rate that differs by 1e-5 moves the second epoch's loss by 1 %, in one process, too.
    """
    rate = dataclasses.replace(config.optimiser, base_lr=0.001)
    return dataclasses.replace(config, optimiser=rate)


def test_step_1_in_two_processes_is_step_1(
    synthetic_data: Path, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    # A queue in use, more than one resolution of layers, pairs that do not overlap.
    config = gentle(tiny_pretrain)
    for ranks, name in ((1, "one"), (2, "two")):
        pretrain(ranks=ranks, data=synthetic_data, config=config, output=tmp_path / name)
    names = ("initial", "checkpoints/pretrain-0001", "last")
    first, second = ([tmp_path / run / name for name in names] for run in ("one", "two"))
    initial = [load_arrays(folder[0]) for folder in (first, second)]
    assert all(np.array_equal(initial[0][name], initial[1][name]) for name in initial[0])
    assert losses(*second[1:]) == pytest.approx(losses(*first[1:]), rel=TOLERANCE)
    for one, two in zip(first[1:], second[1:], strict=True):
        expected, metrics = load_card(one).metrics, load_card(two).metrics
        assert metrics == pytest.approx(expected, rel=0.01)
    assert sorted(path.name for path in (tmp_path / "two").iterdir()) == [
        "checkpoints",
        "dataset.json",
        "initial",
        "last",
    ]


@pytest.mark.slow
def test_an_error_of_the_ranks_is_one_line(
    synthetic_data: Path,
    tiny_pretrain: PretrainConfig,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    rate = dataclasses.replace(tiny_pretrain.optimiser, base_lr=1e30)
    config = dataclasses.replace(tiny_pretrain, optimiser=rate)
    with pytest.raises(SystemExit) as end:
        pretrain(ranks=2, data=synthetic_data, config=config, output=tmp_path / "two")
    assert end.value.code == 1
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("error: pretrain: the loss is ")
    assert line.endswith("lower optimiser.base_lr")
    assert not (tmp_path / "two" / "last").exists()


@pytest.mark.slow
def test_two_processes_go_on_together_after_a_signal(
    synthetic_data: Path, tiny_pretrain: PretrainConfig, tmp_path: Path
) -> None:
    config = dataclasses.replace(tiny_pretrain, epochs=20, checkpoint_every=20)
    pretrain(ranks=2, data=synthetic_data, config=config, output=tmp_path / "whole")
    place, output = tmp_path / "place", tmp_path / "resumed"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv(PLACE, str(place))
        keeps = dataclasses.replace(config, checkpoint_minutes=0)
        output.mkdir()
        pointer = output / "dataset.json"
        locate(str(synthetic_data)).save(pointer)
        values = {
            "dataset": str(pointer),
            "config": dataclasses.asdict(keeps),
            "weights": str(output / "last"),
            "initial_weights": str(output / "initial"),
        }
        script = (
            "import pass_ops.stages; from pass_ops.stages.run import run_stage\n"
            f"run_stage('pretrain', **{values!r})"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script],
            env={**os.environ, RANKS: "2"},
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("progress"):
                    process.send_signal(signal.SIGTERM)
                    break
            assert "ended by signal 15 after step" in process.stdout.read()
        assert process.returncode == 128 + signal.SIGTERM
        assert not (output / "last").exists()
        run("pretrain", 2, **values)
    whole, resumed = (load_arrays(tmp_path / name / "last") for name in ("whole", "resumed"))
    assert all(np.array_equal(whole[name], resumed[name]) for name in whole)


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What the trainings after step 1 read, in a folder: 96 images, tables, label maps."""

    folder: Path

    def write(self) -> None:
        """Make all that no training makes."""
        write_synthetic(self.folder / "ShapeS", per_class=(16, 2, 2))
        pointer = locate(str(self.folder / "ShapeS"))
        pointer.save(self.folder / "dataset.json")
        images = open_images(pointer, "train", self.folder / "cache")
        table = pd.DataFrame(
            {
                "key": images.keys,
                "label": np.arange(len(images), dtype=np.int64) % 6,
                "label_space": "clustering-1",
            }
        )
        table.to_parquet(self.folder / "labels.parquet")
        table.assign(confidence=np.linspace(0.2, 1, len(table))).to_parquet(
            self.folder / "image-labels.parquet"
        )
        with LabelMapWriter(self.folder / "maps", {"label_space": "clustering-1"}) as writer:
            for key in images.keys:
                image = images.image(key)
                right = np.arange(image.shape[1]) * 3 // image.shape[1]
                writer.write(key, ((image.mean(axis=2) > 128) * (1 + right)).astype(np.int32))


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    made = Inputs(tmp_path_factory.mktemp("inputs"))
    made.write()
    return made


SGD = OptimiserConfig(base_lr=0.001)
ADAM = OptimiserConfig(name="adamw", base_lr=0.0002, final_lr=0.0001, weight_decay=0.0)
COMMON: dict[str, Any] = {"epochs": 3, "batch_size": 32, "workers": 2, "checkpoint_every": 1}
# Soft codes, small steps: else all that is rounded otherwise, with more threads too, grows tenfold
# with each step.
SWAV = SwavConfig(epsilon=0.5, queue_length=64, queue_start_epoch=0, freeze_prototypes_iterations=0)


def trainings(inputs: Inputs, ranks: int, network: NetworkConfig) -> Iterator[list[Path]]:
    """The weights after three epochs of each training, as the next ones need them."""
    output = inputs.folder / str(ranks)
    output.mkdir()
    # Weights that a training starts from are those of one process.
    given = inputs.folder / "1"
    views = ViewsConfig(
        sizes=(32, 24), crops=(2, 2), min_scale=(0.3, 0.1), max_scale=(1, 0.3), grid=3
    )
    shared = {"dataset": inputs.folder / "dataset.json"}
    config: Any = PretrainConfig(
        network=network, views=views, optimiser=SGD, swav=SWAV, cache_side=48, **COMMON
    )
    run(
        "pretrain",
        ranks,
        config=dataclasses.asdict(config),
        weights=output / "pretrain",
        initial_weights=output / "initial",
        **shared,
    )
    middle = [output / "checkpoints" / f"pretrain-000{epoch}" for epoch in (1, 2)]
    yield [*middle, output / "pretrain"]
    config = PixelAttentionConfig(views=views, optimiser=SGD, swav=SWAV, cache_side=48, **COMMON)
    run(
        "train_pixel_attention",
        ranks,
        config=dataclasses.asdict(config),
        pretrained=given / "pretrain",
        weights=output / "attention",
        **shared,
    )
    middle = [output / "checkpoints" / f"train_pixel_attention-000{epoch}" for epoch in (1, 2)]
    yield [*middle, output / "attention"]
    config = ClassifierConfig(optimiser=ADAM, crop=32, ensemble_epochs=3, cache_side=48, **COMMON)
    run(
        "train_classifier",
        ranks,
        name="f",
        config=dataclasses.asdict(config),
        labels=inputs.folder / "labels.parquet",
        weights=given / "attention",
        checkpoints=output / "classifiers",
        last=output / "classifier",
        **shared,
    )
    yield sorted((output / "classifiers").iterdir())
    config = SegmentationConfig(optimiser=ADAM, crop=32, confidence_weights=True, **COMMON)
    run(
        "train_segmenter",
        ranks,
        name="round_1",
        config=dataclasses.asdict(config),
        painted_maps=inputs.folder / "maps",
        image_labels=inputs.folder / "image-labels.parquet",
        pretrained=given / "pretrain",
        checkpoints=output / "segmenters",
        **shared,
    )
    yield sorted((output / "segmenters").iterdir())


@pytest.mark.slow
def test_twice_16_images_a_step_are_once_32(inputs: Inputs, tiny_network: NetworkConfig) -> None:
    one, two = (list(trainings(inputs, ranks, tiny_network)) for ranks in (1, 2))
    assert [len(folders) for folders in one] == [3, 3, 3, 3]
    for alone, together in zip(one, two, strict=True):
        print(losses(*alone), losses(*together), apart(alone, together[0]))
        assert losses(*together) == pytest.approx(losses(*alone), rel=TOLERANCE)
        assert apart(alone, together[0]) < MOVED


@pytest.mark.slow
def test_two_processes_compute_their_rows_in_parts(
    inputs: Inputs, pretrained: Path, tmp_path: Path
) -> None:
    found = []
    for ranks, parts in ((1, 1), (2, 2)):
        optimiser = dataclasses.replace(ADAM, accumulate=parts)
        config = SegmentationConfig(
            optimiser=optimiser, crop=32, confidence_weights=True, **COMMON | {"epochs": 1}
        )
        run(
            "train_segmenter",
            ranks,
            name="round_1",
            config=dataclasses.asdict(config),
            dataset=inputs.folder / "dataset.json",
            painted_maps=inputs.folder / "maps",
            image_labels=inputs.folder / "image-labels.parquet",
            pretrained=pretrained / "last",
            checkpoints=tmp_path / str(ranks),
        )
        found += losses(*(tmp_path / str(ranks)).iterdir())
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
