"""What `model.json` says of converted weights of Segment Anything; read without a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pass_ops.config.schema import build
from pass_ops.errors import ArtifactError, ConfigError
from pass_ops.paths import CARD_FILE
from pass_ops.sam.network.variants import SamConfig
from pass_ops.storage.contents.records import as_record
from pass_ops.storage.contents.strict_json import parse_json


@dataclass(frozen=True, kw_only=True)
class SamCard:
    """What `model.json` says of the weights beside it.

    Attributes:
        variant: vit_b, vit_l or vit_h.
        source: name of the file that they were read from.
        sha256: of that file; tells the embeddings of different weights apart.
        config: sizes of the model.
        kind: what tells these weights from those that the stages train.
    """

    variant: str
    source: str
    sha256: str
    config: SamConfig
    kind: str = "segment-anything"


def load_sam_card(folder: Path) -> SamCard:
    """Read `model.json`.

    Raises:
        ArtifactError: the folder doesn't hold converted weights.
    """
    try:
        return parse_sam_card((folder / CARD_FILE).read_bytes(), str(folder))
    except OSError as error:
        raise _refusal(str(folder), error.strerror) from error


def parse_sam_card(content: bytes, name: str) -> SamCard:
    """The card that a `model.json` holds.

    Args:
        content: of the file.
        name: of the folder or s3:// prefix that it is from, for the error.

    Raises:
        ArtifactError: it is of something else.
    """
    try:
        return build(SamCard, as_record(dict[str, Any], parse_json(content)))
    except (ValueError, ConfigError) as error:
        raise _refusal(name, error) from error


def _refusal(name: str, reason: object) -> ArtifactError:
    """The error for a folder or prefix `name` without converted weights.

    Args:
        name: of the folder or prefix.
        reason: what is wrong with it.
    """
    return ArtifactError(
        f"{name}: not Segment Anything's weights ({reason}); make them with pass-ops sam convert"
    )
