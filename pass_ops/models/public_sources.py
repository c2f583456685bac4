"""Public checkpoints of ResNets, by the names of what is in them (method 4.1)."""

from __future__ import annotations

from dataclasses import dataclass

from pass_ops.models.files.tensors import Tensors

WITH_LABELS = "trained with labels"
"""Stands in the names of sources whose weights have seen labels."""

COUNTER = "num_batches_tracked"
"""Ends the names of BatchNorm's counters, which no network of ours has."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose a checkpoint is.

    Attributes:
        name: what cards and reports call it; says whether it was trained with labels.
        marks: beginnings of names by which it is recognised, all of which occur.
        backbone: what the backbone's names begin with.
        heads: beginnings of the names of heads that are kept, named and made as ours.
        left_out: beginnings of the names of what is not taken.
    """

    name: str
    marks: tuple[str, ...] = ()
    backbone: str = ""
    heads: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


SOURCES = (
    Source(
        name="moco",
        marks=("encoder_q.",),
        backbone="encoder_q.",
        left_out=("encoder_q.fc.", "encoder_k.", "queue"),
    ),
    # SwAV's projection ends without BatchNorm.
    Source(
        name="pass",
        marks=("projection_head.4.", "prototypes.weight"),
        heads=("projection_head.", "prototypes."),
        left_out=("projection_head", "predictor_head", "fbg."),
    ),
    Source(
        name="swav",
        marks=("projection_head.", "prototypes."),
        left_out=("projection_head.", "prototypes."),
    ),
    # Also what lacks the classifier: nothing else tells it from weights that have seen labels.
    Source(name=f"torchvision, {WITH_LABELS}", left_out=("fc.",)),
)
"""Of those whose marks are there, the first holds."""


@dataclass(frozen=True, kw_only=True)
class SortedTensors:
    """A checkpoint's tensors.

    Attributes:
        source: whose they are.
        taken: of the backbone and of heads that are kept, named as in the network of step 1.
        left_out: names of the others.
    """

    source: Source
    taken: Tensors
    left_out: tuple[str, ...]


def sort_tensors(tensors: Tensors) -> SortedTensors:
    """Tell the backbone, heads that are kept, and the rest apart; what is unknown counts as the
    backbone's, where it will be found out.
    """
    source = next(
        source
        for source in SOURCES
        if all(any(name.startswith(mark) for name in tensors) for mark in source.marks)
    )
    taken, left_out = {}, []
    for name, tensor in tensors.items():
        if name.endswith(COUNTER):
            left_out.append(name)
        elif name.startswith(source.heads):
            taken[name] = tensor
        elif name.startswith(source.left_out):
            left_out.append(name)
        else:
            taken[f"backbone.{name.removeprefix(source.backbone)}"] = tensor
    return SortedTensors(source=source, taken=taken, left_out=tuple(left_out))
