"""Every training, ended amid an epoch and run again, computes what an uninterrupted one computes, to
the bit.
"""

from __future__ import annotations

import dataclasses
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pass_ops.config.classifiers import ClassifierConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.representation import PixelAttentionConfig, PretrainConfig
from pass_ops.config.segmentation import SegmentationConfig
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMapWriter
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.progress import Progress
from pass_ops.engine.signals import signals_unwind
from pass_ops.models.weights import load_arrays
from pass_ops.tracking.tracker import NullTracker

ADAMW = OptimiserConfig(name="adamw", base_lr=0.003, final_lr=0.0003, weight_decay=0.0)
# A run's output folder and its tracker in; the weights that it has written out.
Train = Callable[[Path, NullTracker], list[Path]]


class Recorder(NullTracker):
    """Keeps every epoch's metrics, and the tags."""

    def __init__(self) -> None:
        self.epochs: dict[int, dict[str, float]] = {}
        self.tags: dict[str, str] = {}

    def metrics(self, metrics: dict[str, float], step: int = 0) -> None:
        self.epochs[step] = dict(metrics)

    def tag(self, name: str, value: str) -> None:
        self.tags[name] = value


@pytest.fixture(scope="session")
def trainings(
    training_images: Images,
    pretrained: Path,
    attention_weights: Path,
    tiny_pretrain: PretrainConfig,
    tiny_attention: PixelAttentionConfig,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Train]:
    """Every training on the synthetic images: two epochs of three steps, a checkpoint after each
    step.
    """
    from pass_ops.denoising.classifier import train_classifier
    from pass_ops.representation.pixel_attention import train_pixel_attention
    from pass_ops.representation.pretrain import pretrain
    from pass_ops.segmentation.train_segmenter import train_segmenter

    folder = tmp_path_factory.mktemp("labels")
    keys = training_images.keys
    table = pd.DataFrame({"key": keys, "label": [i % 6 for i in range(len(keys))]})
    table.assign(label_space="clustering-1", confidence=1.0).to_parquet(folder / "images.parquet")
    with LabelMapWriter(folder / "maps", {"label_space": "clustering-1"}) as writer:
        for key in keys:
            bright = training_images.image(key).mean(axis=2) > 128
            writer.write(key, bright.astype(np.int32))
    shared: dict[str, Any] = {"images": training_images}

    def represent(output: Path, tracker: NullTracker) -> list[Path]:
        config = dataclasses.replace(tiny_pretrain, checkpoint_minutes=0)
        pretrain(
            **shared, config=config, output=output / "a", initial=output / "b", tracker=tracker
        )
        return [output / "a", output / "b"]

    def attend(output: Path, tracker: NullTracker) -> list[Path]:
        swav = dataclasses.replace(tiny_attention.swav, queue_length=16)
        config = dataclasses.replace(tiny_attention, epochs=2, swav=swav, checkpoint_minutes=0)
        train_pixel_attention(
            **shared,
            weights=pretrained / "last",
            config=config,
            output=output / "a",
            tracker=tracker,
        )
        return [output / "a"]

    def classify(name: str) -> Train:
        pooling = {"g": "attention"}.get(name, "plain")
        config = ClassifierConfig(
            optimiser=ADAMW,
            pooling=pooling,
            crop=32,
            epochs=2,
            ensemble_epochs=2,
            batch_size=8,
            workers=2,
            cache_side=48,
            checkpoint_minutes=0,
        )

        def run(output: Path, tracker: NullTracker) -> list[Path]:
            train_classifier(
                **shared,
                name=name,
                targets=folder / "images.parquet",
                weights=attention_weights,
                clusters=6,
                config=config,
                checkpoints=output / "c",
                last=output / "a",
                tracker=tracker,
            )
            return [output / "a", output / "c" / "epoch-0001", output / "c" / "epoch-0002"]

        return run

    def segment(output: Path, tracker: NullTracker) -> list[Path]:
        config = SegmentationConfig(
            optimiser=ADAMW, crop=32, epochs=2, batch_size=8, workers=2, checkpoint_minutes=0
        )
        train_segmenter(
            **shared,
            pseudo_labels=folder / "maps",
            weights=pretrained / "last",
            image_labels=folder / "images.parquet",
            clusters=6,
            config=config,
            checkpoints=output / "c",
            tracker=tracker,
        )
        return [output / "c" / "epoch-0001", output / "c" / "epoch-0002"]

    classifiers = {f"train_classifier_{name}": classify(name) for name in "fghc"}
    return {
        "pretrain": represent,
        "train_pixel_attention": attend,
        **classifiers,
        "train_segmenter": segment,
    }


TRAININGS = (
    "pretrain",
    "train_pixel_attention",
    *(f"train_classifier_{name}" for name in "fghc"),
    "train_segmenter",
)


@pytest.mark.parametrize("stage", TRAININGS)
def test_a_training_that_is_ended_and_run_again_computes_the_same(
    trainings: dict[str, Train], stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train = trainings[stage]
    whole = Recorder()
    expected = train(tmp_path / "whole", whole)
    monkeypatch.setenv(PLACE, str(tmp_path / "checkpoints"))
    advance = Progress.advance

    def advance_and_end(self: Progress, images: int, note: str = "") -> None:
        advance(self, images, note)
        # Amid the first epoch, amid the second, and after its last step.
        if self.done // images in ends:
            ends.remove(self.done // images)
            signal.raise_signal(signal.SIGTERM)

    ends = {2, 4, 6}
    monkeypatch.setattr(Progress, "advance", advance_and_end)
    for attempt in range(3):
        with pytest.raises(SystemExit) as ended, signals_unwind():
            train(tmp_path / f"attempt-{attempt}", Recorder())
        assert ended.value.code == 143
    parts = Recorder()
    found = train(tmp_path / "last", parts)
    assert parts.tags == {"resumed_after_step": "6"}
    assert parts.epochs == whole.epochs
    for first, second in zip(expected, found, strict=True):
        one, other = load_arrays(first), load_arrays(second)
        assert one.keys() == other.keys()
        assert [name for name in one if not np.array_equal(one[name], other[name])] == []
        assert (first / "model.json").read_bytes() == (second / "model.json").read_bytes()
