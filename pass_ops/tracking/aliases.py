"""Aliases of registered models: the newest is the challenger, the best the champion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHALLENGER, CHAMPION = "challenger", "champion"

DIGEST, MIOU = "data_digest", "validation_miou"
"""Tags by which versions are compared: the data, and how good the model is by itself."""

MARGIN = 0.005
"""mIoU by which a champion must be beaten: less changes with the seed."""


def give_aliases(client: MlflowClient, name: str, version: str) -> None:
    """Make a version the challenger of its model, and its champion if it is the first that was
    scored, or better than the one that there is.

    Args:
        client: of the server.
        name: of the registered model.
        version: of the model.
    """
    client.set_registered_model_alias(name, CHALLENGER, version)
    champion = client.get_registered_model(name).aliases.get(CHAMPION)
    tags = client.get_model_version(name, version).tags
    best = None if champion is None else client.get_model_version(name, champion).tags
    if deserves_champion(tags, best):
        client.set_registered_model_alias(name, CHAMPION, version)


def deserves_champion(tags: Mapping[str, str], champion: Mapping[str, str] | None) -> bool:
    """Whether a version is to be the champion: mIoU on validation can be compared where the data
    set's content is the same, and nowhere else.

    Args:
        tags: of the version.
        champion: tags of the present one; None if there is none.
    """
    if MIOU not in tags:
        return False
    if champion is None:
        return True
    if MIOU not in champion or tags.get(DIGEST) != champion.get(DIGEST):
        return False
    return float(tags[MIOU]) >= float(champion[MIOU]) + MARGIN
