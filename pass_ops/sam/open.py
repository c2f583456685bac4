"""The promptable segmenters by name (method 16.8)."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.sam import AutomaticConfig
from pass_ops.sam.interface import PromptableSegmenter

BACK_ENDS = ("classical", "sam", "onnx")
NEEDS_WEIGHTS = ("sam", "onnx")
EMBEDDINGS = 2**30
"""Bytes of image embeddings that `sam` keeps: some 250 images of 4 MB."""


def open_segmenter(
    *,
    name: str,
    weights: Path | None = None,
    embeddings_folder: Path | None = None,
    automatic: AutomaticConfig | None = None,
) -> PromptableSegmenter:
    """Open a back end, and say on standard output which one it is.

    Args:
        name: one of `BACK_ENDS`.
        weights: of `sam` a folder of converted weights, of `onnx` one with `encoder.onnx` and
            `decoder.onnx`; None for `classical`.
        embeddings_folder: keeps them for other stages; None keeps them in memory.
        automatic: how `sam` finds masks without prompts.

    Raises:
        ArtifactError: weights that are of something else.
    """
    if weights is None:
        from pass_ops.sam.classical.segmenter import ClassicalSegmenter

        print(
            "masks | back end classical: colour and background prior, nothing that was trained",
            flush=True,
        )
        return ClassicalSegmenter()
    print(
        f"masks | back end {name}, weights {weights}: "
        "results are SAM-assisted, not fully unsupervised",
        flush=True,
    )
    if name == "onnx":
        from pass_ops.sam.exported.segmenter import OnnxSegmenter

        return OnnxSegmenter(weights)
    from pass_ops.sam.predictor import open_sam

    return open_sam(
        weights=weights,
        budget=EMBEDDINGS,
        embeddings_folder=embeddings_folder,
        automatic=automatic,
    )
