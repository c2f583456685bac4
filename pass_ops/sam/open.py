"""Choice of a promptable segmenter (method 16.8)."""

from __future__ import annotations

from pathlib import Path

from pass_ops.config.sam import AutomaticConfig
from pass_ops.errors import ConfigError
from pass_ops.sam.interface import PromptableSegmenter

BACK_ENDS = ("classical", "sam", "onnx")
NEEDS_WEIGHTS = ("sam", "onnx")
EMBEDDINGS = 2**30
"""Bytes of embeddings kept unless a caller says otherwise: some 250 images of 4 MB."""


def open_segmenter(
    *,
    name: str = "",
    weights: Path | None = None,
    budget: int = EMBEDDINGS,
    shared: Path | None = None,
    automatic: AutomaticConfig | None = None,
) -> PromptableSegmenter:
    """The back end `name`.

    Args:
        name: one of `BACK_ENDS`; "" for `sam` where there are weights and `classical` where there
            are none.
        weights: of `sam` a folder of converted weights, of `onnx` one with `encoder.onnx` and
            `decoder.onnx`.
        automatic: how `sam` finds masks without prompts.
        budget, shared: bytes of image embeddings that `sam` keeps, and a folder that keeps them for
            other stages.

    Raises:
        ConfigError: no such back end; a back end without the weights it needs.
        ArtifactError: weights that are of something else.
    """
    chosen = name or ("classical" if weights is None else "sam")
    if chosen not in BACK_ENDS:
        raise ConfigError(f"mask back end {chosen!r} is none of {', '.join(BACK_ENDS)}")
    if weights is None and name in NEEDS_WEIGHTS:
        raise ConfigError(f"mask back end {name} needs weights: name them, or choose classical")
    if weights is None or chosen == "classical":
        from pass_ops.sam.classical.segmenter import ClassicalSegmenter

        why = "chosen" if name else "no weights were given"
        print(
            f"masks | back end classical ({why}): colour and background prior, nothing that was trained",
            flush=True,
        )
        return ClassicalSegmenter()
    print(
        f"masks | back end {chosen}, weights {weights}: results are SAM-assisted, not fully unsupervised",
        flush=True,
    )
    if chosen == "onnx":
        from pass_ops.sam.onnx import OnnxSegmenter

        return OnnxSegmenter(weights)
    from pass_ops.sam.predictor import open_sam

    return open_sam(weights=weights, budget=budget, shared=shared, automatic=automatic)


def worker_processes(segmenter: PromptableSegmenter, wanted: int) -> int:
    """How many processes may run `segmenter` at once: those with a network use all cores from
    one.
    """
    return 1 if segmenter.name in NEEDS_WEIGHTS else wanted
