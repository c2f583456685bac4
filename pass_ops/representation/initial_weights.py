"""Weights that step 1 starts from instead of random ones, on disk or in S3 (method 4.1)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pass_ops.config.parts.network import NetworkConfig
from pass_ops.config.representation import PretrainConfig
from pass_ops.errors import ConfigError
from pass_ops.models.card import Card, parse_card
from pass_ops.models.files.safetensors_file import read_safetensors
from pass_ops.models.files.tensors import Arrays, to_float32
from pass_ops.paths import CARD_FILE, WEIGHTS_FILE
from pass_ops.storage.addresses import is_s3
from pass_ops.storage.opening import reading, regular_file
from pass_ops.storage.pinned import is_pinned, pin_files, place_of

KEY = "pretrain.initial_weights"
ADVICE = "give a folder that pass-ops weights import or pretrain wrote"


def read_initial_card(config: PretrainConfig) -> Card | None:
    """The card of the weights that training is to start from; None for random ones.

    Raises:
        ArtifactError: there are no weights.
        ConfigError: their backbone is another one than that of the settings.
        StorageError: the server refuses.
    """
    uri = place_of(config.initial_weights)
    if not uri:
        return None
    if is_s3(uri):
        from pass_ops.storage.s3 import read_bytes

        content = read_bytes(_address(uri, CARD_FILE))
    else:
        with reading(path=Path(uri), what=f"weights for {KEY}", advice=ADVICE):
            regular_file(Path(uri, WEIGHTS_FILE))
            content = regular_file(Path(uri, CARD_FILE)).read_bytes()
    card = parse_card(content, uri)
    given, wanted = _backbone(card.network), _backbone(config.network)
    if given != wanted:
        raise ConfigError(
            f"{KEY} = {uri} holds a {given}, the settings ask for a {wanted}; set "
            f"pretrain.network.arch to {card.network.arch} and pretrain.network.width to "
            f"{card.network.width}, or give other weights"
        )
    return card


def pin_initial_weights(uri: str) -> str:
    """The address of initial weights with a digest of what they are now; "" for none.

    Raises:
        ArtifactError: there are no weights.
        StorageError: the server refuses, or they are others than a digest of the address says.
    """
    return pin_files(uri, (CARD_FILE, WEIGHTS_FILE)) if uri else ""


def load_initial_arrays(config: PretrainConfig) -> Arrays:
    """The arrays beside that card.

    Raises:
        ArtifactError: they cannot be read, or are not finite.
        StorageError: the server refuses, or the weights have been replaced since they were pinned.
    """
    uri = place_of(config.initial_weights)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder if is_s3(uri) else uri, WEIGHTS_FILE)
        if is_s3(uri):
            from pass_ops.storage.s3 import download

            download(_address(uri, WEIGHTS_FILE), file)
        if is_pinned(config.initial_weights):
            pin_initial_weights(config.initial_weights)
        return to_float32(read_safetensors(file, ADVICE), uri)


def _address(prefix: str, name: str) -> str:
    """Of a file below an s3:// prefix.

    Args:
        prefix: with or without a slash at its end.
        name: of the file.
    """
    return f"{prefix.rstrip('/')}/{name}"


def _backbone(network: NetworkConfig) -> str:
    return f"{network.arch} of width {network.width}"
