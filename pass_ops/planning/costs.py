"""What one unit of each stage's work takes on one device, and where each figure is from.

A figure that nobody measured says how it was estimated. Those of an H200 and of a machine of two
cores are of docs/results.md, which has command, data set and limits.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cost:
    """What one unit of work takes.

    Attributes:
        seconds: of one GPU or of one core.
        source: where it was measured, or how it was estimated.
        measured: whether it was measured.
    """

    seconds: float
    source: str
    measured: bool = True


_H200 = "docs/results.md, On a GPU"
_SMALL = "docs/results.md, Seconds of each stage, 2 cores, images of 0.064 Mpx"
_MPX = 0.0639
"""Megapixels of the mean training image of caltech_objects10, whose stages were timed."""


def _of_small(seconds: float, images: int) -> Cost:
    """Core-seconds a megapixel, from a stage of the run on caltech_objects10 with two cores.

    Args:
        seconds: that the stage took, its start included.
        images: that it worked on.
    """
    return Cost(2 * seconds / images / _MPX, _SMALL)


# One GPU, an image.
TWO_VIEWS = Cost(1 / 1169, f"step of pre-training, ResNet-18, two views of 224 px: {_H200}")
ONE_VIEW = Cost(TWO_VIEWS.seconds / 2, "half a step with two views", measured=False)
FORWARD = Cost(ONE_VIEW.seconds / 3, "a third of a step with one view", measured=False)
SEGMENTER = Cost(1 / 370, f"step of the segmenter, ResNet-18, 51 outputs: {_H200}")
PREDICTION = Cost(
    0.1257, f"500 × 375 px, ResNet-18, three sizes and flip, scores copied to the host: {_H200}"
)
LABEL_PIXELS = Cost(PREDICTION.seconds / 6, "a sixth of a prediction, a scale", measured=False)
SAM_IMAGE = Cost(0.6, "ViT-H, a pass of the encoder and a few prompts; guessed", measured=False)
SAM_EVERYTHING = Cost(2.4, "ViT-H, encoder and 1024 points; guessed", measured=False)

# One core, an image.
ONNX_IMAGE = Cost(3.0, "a small encoder and a few prompts; guessed", measured=False)
ONNX_EVERYTHING = Cost(12.0, "a small encoder and 1024 points; guessed", measured=False)
LOAD_TWO_VIEWS = Cost(
    1 / 265, "two views of 224 px of a photograph of 500 × 375 px: docs/results.md, The loader"
)
LOAD_ONE_VIEW = Cost(LOAD_TWO_VIEWS.seconds / 2, "half of two views", measured=False)
TABLES = Cost(0.68 / 64_431, "docs/results.md, Benchmark: denoising")

# One core, a megapixel.
VALIDATE = _of_small(1.9, 817)
BASELINES = _of_small(4.8, 263)
THRESHOLDS = _of_small(24.6, 108)
CRF = _of_small(19.5, 554)
REGIONS = _of_small(31.6, 554)
REFINE = _of_small(8.4, 554)
PROMPTS = _of_small(78.2, 554)
EVALUATE = _of_small(3.1, 108)
COMPLETE = _of_small(2.0, 263)
DIAGNOSE_MASKS = _of_small(5.3, 263)

# One core.
KMEANS_OPERATION = Cost(
    1 / 40e9, "multiplications and additions of float32; guessed", measured=False
)

# Each task.
START = Cost(180, "pod, image, kernels from a volume; guessed", measured=False)

BACKBONES = {"resnet10": 0.5, "resnet18": 1.0, "resnet50": 2.3}
"""How much work a backbone of width 64 is, ResNet-18's being 1: ResNet-50 has 4.1 GFLOPs at 224 px
against 1.8, as published; resnet10 half of the blocks. Estimates: only ResNet-18 was timed.
"""
SEGMENTER_OUTPUTS = 51
"""Outputs of the segmenter that was timed. What its step takes beyond one view's is taken to grow
with them: an estimate, and likely too high.
"""

# Bytes, of the same run on caltech_objects10 (docs/scale.md, Storage).
LABEL_MAP_BYTES = 3633 / _MPX
"""A megapixel of the largest kind of label maps, those of the CRF."""
REGION_BYTES = 34_751 / _MPX
"""A megapixel, 48 regions an image."""
TABLE_BYTES = 98
"""An image's row in a table of labels."""
IMAGE_BYTES = 110_000
"""A photograph of ImageNet, as published: 138 GB for 1.28 million."""
MEGAPIXELS = 0.18
"""Mean photograph of ImageNet, as published: 469 × 387."""
WEIGHT_BYTES = {"resnet10": 20e6, "resnet18": 45e6, "resnet50": 94e6}
"""A backbone in float32."""
