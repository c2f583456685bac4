"""What is planned in these tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from pass_ops.config.resolve import resolve
from pass_ops.planning.scope import Scope
from pass_ops.planning.sets import known_set, scope_of


@pytest.fixture(scope="session")
def scope_at() -> Callable[..., Scope]:
    """The scope of a profile of ImageNet-S, with other training images and settings if given."""

    def scope(
        profile: str,
        images: int | None = None,
        masks: str = "classical",
        overrides: Mapping[str, object] | None = None,
    ) -> Scope:
        counts, categories = known_set(profile, images)
        settings = resolve(profile=profile, overrides=overrides, seed=31, compat="fixed")
        return scope_of(settings=settings, counts=counts, categories=categories, masks=masks)

    return scope
