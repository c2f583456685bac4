"""What pods can read, and what they cannot."""

from __future__ import annotations

import pytest

from pass_ops.errors import ConfigError, StorageError
from pipelines.cluster.addresses import require_reachable
from pipelines.placement.task import DATA_CACHE


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("data_uri", "s3://pass-data/set/0123"),
        ("data_uri", f"s3://pass-data/set/0123@sha256:{64 * 'a'}"),
        ("data_uri", f"{DATA_CACHE}/photographs"),
        ("model_uri", "models:/pass-segmenter-set/champion"),
        ("model_uri", "s3://models/set"),
        ("mask_weights", ""),
    ],
)
def test_what_pods_can_read_passes(name: str, place: str) -> None:
    require_reachable({name: place})


@pytest.mark.parametrize("place", ["/data/set", "set", DATA_CACHE, f"{DATA_CACHE}-old/set"])
def test_a_path_of_this_machine_is_refused_in_one_line(place: str) -> None:
    with pytest.raises(ConfigError) as raised:
        require_reachable({"model_uri": "s3://models/set", "data_uri": place})
    message = str(raised.value)
    assert message.startswith(f"data_uri: {place} is a path on this machine, which no pod sees: ")
    assert "pass-ops data pack" in message
    assert "\n" not in message


def test_a_registered_model_is_no_data_set() -> None:
    with pytest.raises(ConfigError, match="data_uri: models:/set/1 is a path"):
        require_reachable({"data_uri": "models:/set/1"})


def test_addresses_that_stages_do_not_read_are_refused() -> None:
    with pytest.raises(StorageError, match="gs://bucket/set: neither a folder nor"):
        require_reachable({"data_uri": "gs://bucket/set"})
