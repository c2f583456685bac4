"""What `model.json` says of the weights beside it; read without a network."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.schema import build
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.paths import CARD_FILE, WeightsPath
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json
from pass_ops.storage.opening import reading, regular_file

ADVICE = "give the folder that a training stage wrote"
RANDOM = "random"


@dataclass(frozen=True, kw_only=True)
class Card:
    """What `model.json` says of the weights beside it.

    Attributes:
        stage: the stage that trained them.
        network: sizes of backbone and heads; of imported weights those of heads that they lack are
            the defaults.
        epoch: number of finished epochs.
        config_digest: hash of the training's settings; empty for imported weights.
        classes: outputs of a segmenter, background included, or of a classifier; 0 for other
            networks.
        masks: of a segmenter, what made the masks that it was trained on: sam, onnx, classical or
            oracle; "none" where nothing did.
        initial: what all training began with: "random", or whose imported weights, and whether
            these were trained with labels (method 0.5, rule 4).
        source, sha256: of imported weights, the name and digest of their file.
        pooling: of a classifier, plain or attention; empty for other networks.
        label_space: the clustering whose ids the outputs name, if they name any.
        metrics: of that epoch, by name.
    """

    stage: str
    network: NetworkConfig
    epoch: int
    config_digest: str
    classes: int = 0
    label_space: str = ""
    pooling: str = ""
    masks: str = "none"
    initial: str = RANDOM
    source: str = ""
    sha256: str = ""
    metrics: dict[str, float] = field(default_factory=dict)


def load_card(folder: WeightsPath) -> Card:
    """Read `model.json`.

    Raises:
        ArtifactError: the folder holds no weights, or of an unknown kind.
    """
    with reading(path=folder, what="weights", advice=ADVICE):
        return parse_card(regular_file(folder / CARD_FILE).read_bytes(), str(folder))


def began_with(card: Card | None) -> str:
    """What a training that starts from weights began with.

    Args:
        card: of the weights; None where there are none.
    """
    if card is None:
        return RANDOM
    return card.initial if card.source else f"{card.initial}, then {card.stage} of another run"


def card_text(card: Card) -> str:
    """The `model.json` that says what a card does."""
    return json.dumps(dataclasses.asdict(card), indent=2, sort_keys=True) + "\n"


def parse_card(content: bytes, name: str) -> Card:
    """The card that a `model.json` holds.

    Args:
        content: of the file.
        name: of the folder or s3:// prefix that it is from, for the error.

    Raises:
        ArtifactError: it is of something else.
    """
    try:
        values = as_record(dict[str, Any], parse_json(content))
        metrics = as_record(dict[str, float], values.pop("metrics", {}))
        return dataclasses.replace(build(Card, values), metrics=metrics)
    except (ValueError, OverflowError, ConfigError) as error:
        raise ArtifactError(f"{name} holds no weights ({error}): {ADVICE}") from error
