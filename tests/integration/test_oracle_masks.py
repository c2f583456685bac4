"""Masks that are nearly right must lead to a segmenter that is: little is lost on the way.

The oracle's masks and the images' true labels stand for a perfect mask back end and perfect label
denoising. Training data is the validation split here, because only it has masks to ask the oracle
for; the test split is scored.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pass_ops.config.masks import PromptConfig
from pass_ops.config.parts.optimiser import OptimiserConfig
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.resolve import resolve
from pass_ops.config.schema import build
from pass_ops.config.segmentation import PredictionConfig, SegmentationConfig
from pass_ops.data.codec import IGNORE
from pass_ops.data.ground_truth import GroundTruth, open_ground_truth
from pass_ops.data.images import Images, open_images
from pass_ops.data.label_maps.reader import LabelMaps
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.locate import locate
from pass_ops.data.pointer import DatasetPointer
from pass_ops.data.synthetic.dataset import write_synthetic
from pass_ops.evaluation.diagnostics.mask_quality import score_maps
from pass_ops.evaluation.scoring.evaluate import evaluate
from pass_ops.pseudo_labels.attention_maps import AttentionWriter
from pass_ops.pseudo_labels.prompts.prompt_masks import prompt_masks
from pass_ops.representation.pretrain import pretrain
from pass_ops.segmentation.predict import predict
from pass_ops.segmentation.train_segmenter import train_segmenter
from pass_ops.tracking.tracker import NullTracker
from tests.sam.oracle import OracleSegmenter

SPACE = "classes"


@dataclass(frozen=True)
class Truth:
    """What the oracle knows: an image's key → its classes, ignored pixels as background."""

    masks: GroundTruth

    def __call__(self, key: str) -> NDArray[np.int32]:
        mask = self.masks.mask(key)
        return np.where(mask == IGNORE, 0, mask).astype(np.int32)


@pytest.mark.slow
def test_oracle_masks_lead_to_a_miou_of_four_fifths(tmp_path: Path) -> None:
    write_synthetic(tmp_path / "data", per_class=(6, 40, 8))
    pointer = locate(str(tmp_path / "data"))
    images, truth = open_split(pointer, "validation", tmp_path)
    write_prompts(images, truth, tmp_path)
    painted, labels = tmp_path / "painted", tmp_path / "labels.parquet"
    prompt_masks(
        images=images,
        segmenter=OracleSegmenter(Truth(truth)),
        label_maps=tmp_path / "ellipses",
        prompts=labels,
        attention_maps=tmp_path / "attention",
        image_labels=labels,
        config=PromptConfig(mode="single", processes=1, on_empty="point", min_iou=0.0),
        painted_maps=painted,
        tracker=NullTracker(),
    )
    # Seen: 0.437 and 0.882; the oracle is off by a pixel, and one class an image is painted.
    assert miou(painted, truth) > miou(tmp_path / "ellipses", truth) + 0.3

    weights, checkpoints = first_weights(pointer, tmp_path), tmp_path / "checkpoints"
    optimiser = OptimiserConfig(name="adamw", base_lr=0.002, final_lr=1e-5, weight_decay=1e-4)
    sizes = {
        "crop": 96,
        "min_scale": 0.3,
        "label_scale": 1.0,
        "epochs": 30,
        "batch_size": 16,
        "checkpoint_every": 30,
    }
    segmenter = build(SegmentationConfig, {**sizes, "workers": 2, "optimiser": asdict(optimiser)})
    train_segmenter(
        images=images,
        pseudo_labels=painted,
        weights=weights,
        image_labels=labels,
        clusters=6,
        config=segmenter,
        checkpoints=checkpoints,
        tracker=NullTracker(),
    )
    unseen, unseen_truth = open_split(pointer, "test", tmp_path)
    predict(
        images=unseen,
        weights=checkpoints / "epoch-0030",
        config=PredictionConfig(sizes=(96, 128)),
        label_maps=tmp_path / "predicted",
    )
    # Seen: 0.814.
    assert (
        evaluate(predictions=LabelMaps(tmp_path / "predicted"), truth=unseen_truth).metrics["miou"]
        >= 0.8
    )


def open_split(pointer: DatasetPointer, split: str, cache: Path) -> tuple[Images, GroundTruth]:
    """Images and ground truth of a split.

    Args:
        pointer: the data set.
        split: its name.
        cache: folder for shards.
    """
    return open_images(pointer, split, cache), open_ground_truth(pointer, split, cache)


def miou(label_maps: Path, truth: GroundTruth) -> float:
    """The mIoU of the label maps of a split.

    Args:
        label_maps: folder of them.
        truth: of the split.
    """
    return score_maps(label_maps, truth).metrics["miou"]


def write_prompts(images: Images, truth: GroundTruth, folder: Path) -> None:
    """For each image a central ellipse, its centre as the prompt, and the true label.

    Args:
        images, truth: the split.
        folder: gets `ellipses`, `attention` and `labels.parquet`.
    """
    rows = []
    with LabelMapWriter(folder / "ellipses", {"label_space": SPACE}) as maps:
        attention = AttentionWriter(folder / "attention")
        for key in images.keys:
            width, height = images.size(key)
            label = truth.label(key)
            maps.write(key, (disc(height, width) * label).astype(np.int32))
            attention.write(
                key, disc(8, 8).astype(np.float32), np.ones(len(truth.categories), np.float32)
            )
            rows.append({"key": key, "x": width // 2, "y": height // 2, "label": label - 1})
        attention.close()
    pd.DataFrame(rows).assign(confidence=1.0, label_space=SPACE).to_parquet(
        folder / "labels.parquet"
    )


def disc(height: int, width: int) -> NDArray[np.bool_]:
    """A central ellipse of half the area.

    Args:
        height, width: of the map, bool, in pixels.
    """
    rows = (np.arange(height) + 0.5) / height - 0.5
    columns = (np.arange(width) + 0.5) / width - 0.5
    return np.asarray(rows[:, None] ** 2 + columns[None] ** 2 < 0.16)


def first_weights(pointer: DatasetPointer, folder: Path) -> Path:
    """The weights folder of a small backbone after one epoch of pre-training.

    Args:
        pointer: the data set.
        folder: to write to.
    """
    fine = {"network.output_stride": 8, "epochs": 1, "checkpoint_every": 1}
    settings = resolve(profile="smoke", overrides={"pretrain": fine})["pretrain"]
    images = open_images(pointer, "train", folder)
    pretrain(
        images=images,
        config=build(PretrainConfig, settings),
        output=folder / "weights",
        initial=folder / "initial",
        tracker=NullTracker(),
    )
    return folder / "weights"
