"""Telling places that pods of a run can read from folders of the machine that sends it."""

from __future__ import annotations

from collections.abc import Mapping

from pass_ops.errors import ConfigError
from pass_ops.storage.addresses import is_s3
from pass_ops.tracking.registry import is_registered
from pipelines.placement.task import DATA_CACHE


def require_reachable(places: Mapping[str, str]) -> None:
    """Refuse paths that are in no pod: those outside of the volume that all stages have.

    Args:
        places: a data set, a model or weights each, by the parameter or setting that names it;
            empty for none.

    Raises:
        ConfigError: one is a path elsewhere; says where it is to lie.
        StorageError: one is an address of another kind than stages read, or has a login in it.
    """
    for name, place in places.items():
        if not place or (name == "model_uri" and is_registered(place)) or is_s3(place):
            continue
        if not place.startswith(f"{DATA_CACHE}/"):
            how = "pass-ops data pack puts it there" if name == "data_uri" else "copy it there"
            raise ConfigError(
                f"{name}: {place} is a path on this machine, which no pod sees: put it into S3 and "
                f"name s3://bucket/prefix ({how}; docs/cluster.md, 4)"
            )
