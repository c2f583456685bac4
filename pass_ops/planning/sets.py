"""What a run is planned for: the settings of a profile, and the images of its set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pass_ops.config.schema import build
from pass_ops.config.settings import CONFIGS, Settings
from pass_ops.errors import ConfigError
from pass_ops.planning.scope import Scope

_S50 = ({"train": 64_431, "validation": 752, "test": 1_682}, 50)
# Images and classes of ImageNet-S (method 1.1).
KNOWN: dict[str, tuple[dict[str, int], int]] = {
    "imagenet-s50": _S50,
    "imagenet-s50-plus": _S50,
    "imagenet-s300": ({"train": 384_862, "validation": 4_097, "test": 9_088}, 300),
    "imagenet-s919": ({"train": 1_183_322, "validation": 12_419, "test": 27_423}, 919),
}


def scope_of(
    *,
    settings: Mapping[str, Mapping[str, Any]],
    counts: Mapping[str, int],
    categories: int,
    masks: str,
) -> Scope:
    """What a run is planned for.

    Args:
        settings: of every stage, as `config.resolve` gives them.
        counts: images of each split.
        categories: K; 0 for a set without classes, for which the most clusters are taken that may
            be chosen.
        masks: back end that makes masks.
    """
    built = {name: build(kind, settings[name]) for name, kind in CONFIGS.items()}
    choice = built["choose_clusters"]
    return Scope(
        settings=Settings(**built),
        counts=counts,
        categories=categories or choice.clusters or choice.max_clusters,
        labelled=categories > 0,
        masks=masks,
    )


def known_set(profile: str, images: int | None) -> tuple[dict[str, int], int]:
    """Images of each split and classes of the set that a profile is for.

    Args:
        profile: its name.
        images: training images instead of the set's; the other splits grow with them.

    Raises:
        ConfigError: the profile is for no known set.
    """
    if profile not in KNOWN:
        raise ConfigError(
            f"profile {profile} is for no set of known size: name one with --data, "
            f"or one of the profiles {', '.join(KNOWN)}"
        )
    counts, categories = KNOWN[profile]
    if images is None:
        return counts, categories
    return {
        split: max(1, count * images // counts["train"]) for split, count in counts.items()
    }, categories
