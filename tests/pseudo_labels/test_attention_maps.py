"""Attention maps on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels import attention_maps
from pass_ops.pseudo_labels.attention_maps import AttentionMaps, AttentionWriter


def test_maps_of_any_size_come_back_under_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention_maps, "MAPS_PER_SHARD", 2)
    rng = np.random.default_rng(0)
    maps = {f"{key:016x}": rng.random((4 + key, 6)).astype(np.float32) for key in range(5)}
    distances = {key: rng.random(919).astype(np.float32) for key in maps}
    writer = AttentionWriter(tmp_path / "attention")
    for key, values in maps.items():
        writer.write(key, values, distances[key])
    writer.close()
    assert len(list((tmp_path / "attention").iterdir())) == 3
    stored = AttentionMaps(tmp_path / "attention")
    assert stored.keys == tuple(maps)
    for key in (*maps, *reversed(maps)):
        assert stored.read(key).dtype == np.float32
        np.testing.assert_allclose(stored.read(key), maps[key], atol=0.5 / 255 + 1e-6)
        np.testing.assert_array_equal(stored.distances(key), distances[key])
    with pytest.raises(ArtifactError, match="no attention map of image nine"):
        stored.read("nine")


def test_a_folder_without_maps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="holds no attention maps"):
        AttentionMaps(tmp_path)
