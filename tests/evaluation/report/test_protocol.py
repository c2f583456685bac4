"""What a result must be called, by what has seen people's labels."""

from __future__ import annotations

import pytest

from pass_ops.evaluation.report.protocol import SAM, protocol
from pass_ops.models.public_sources import SOURCES
from pass_ops.sam.open import NEEDS_WEIGHTS


@pytest.mark.parametrize(
    ("masks", "initial", "name"),
    [
        ("classical", "random", "unsupervised"),
        ("none", "random", "unsupervised"),
        ("sam", "random", "SAM-assisted"),
        ("onnx", "swav", "SAM-assisted"),
        ("oracle", "random", "oracle-assisted"),
        ("classical", "swav", "from imported weights"),
        ("classical", "torchvision, trained with labels", "supervised-initialised"),
        (
            "sam",
            "torchvision, trained with labels, then pretrain of another run",
            "SAM-assisted, supervised-initialised",
        ),
    ],
)
def test_a_result_is_called_by_what_helped_it(masks: str, initial: str, name: str) -> None:
    assert protocol(masks, initial) == name


def test_every_back_end_with_weights_and_every_source_with_labels_is_known() -> None:
    assert SAM == NEEDS_WEIGHTS
    labelled = [one.name for one in SOURCES if "supervised" in protocol("classical", one.name)]
    assert labelled == ["torchvision, trained with labels"]
