"""What a card says, and what is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pass_ops.errors import ArtifactError
from pass_ops.models.card import RANDOM, load_card, parse_card

OLDEST: dict[str, Any] = {
    "stage": "pretrain",
    "network": {"arch": "resnet10", "width": 8},
    "epoch": 3,
    "config_digest": "0" * 16,
}
"""With the fields that all versions wrote."""


def test_a_card_without_newer_fields_is_of_weights_that_began_with_random_ones() -> None:
    card = parse_card(json.dumps(OLDEST | {"metrics": {"loss": 1.5}}).encode(), "folder")
    assert (card.initial, card.source, card.sha256) == (RANDOM, "", "")
    assert card.metrics == {"loss": 1.5}
    assert (card.network.arch, card.network.width) == ("resnet10", 8)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[" * 10**5,
        b"[]",
        b"3",
        json.dumps({**OLDEST, "epoch": "three"}).encode(),
        json.dumps({**OLDEST, "colour": 1}).encode(),
        json.dumps({**OLDEST, "metrics": 3}).encode(),
        json.dumps({**OLDEST, "network": {"arch": "vgg"}}).encode(),
        json.dumps({name: OLDEST[name] for name in ("stage", "epoch")}).encode(),
    ],
)
def test_what_is_no_card_is_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_bytes(content)
    for read in (lambda: load_card(tmp_path), lambda: parse_card(content, str(tmp_path))):
        with pytest.raises(ArtifactError, match=rf"^{tmp_path} holds no weights") as caught:
            read()
        assert "\n" not in str(caught.value)
