"""Which clustering gives cluster ids their meaning (method 2.4)."""

from __future__ import annotations

from collections.abc import Mapping

from pass_ops.errors import ArtifactError


def same_space(artifacts: Mapping[str, str]) -> str:
    """The label space that all artifacts share.

    Args:
        artifacts: label space by the artifact's name, which is what the user knows it by (its
            path); at least one.

    Raises:
        ArtifactError: two differ; names the first artifact and the first that disagrees with it.
    """
    (first, space), *others = artifacts.items()
    for name, other in others:
        if other != space:
            raise ArtifactError(
                f"{first} is of label space {space}, {name} of {other}: their cluster ids mean "
                "different things; make both from the same clustering, or align the second to the "
                "first"
            )
    return space
