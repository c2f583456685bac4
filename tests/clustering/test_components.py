"""Principal components, half whitened."""

from __future__ import annotations

import numpy as np
import pytest

from pass_ops.clustering.components import half_whitened


def test_variances_become_their_roots() -> None:
    rng = np.random.default_rng(0)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    latent = rng.normal(size=(2000, 4))
    latent = (latent - latent.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(latent.T)).T)
    rows = (3 + (latent * [4, 2, 1, 0.5]) @ turn).astype(np.float32)
    components = half_whitened(rows, 3)
    assert components.dtype == np.float32
    assert components.shape == (2000, 3)
    np.testing.assert_allclose(components.mean(axis=0), 0, atol=1e-4)
    # Deviations 4, 2 and 1 become their square roots.
    np.testing.assert_allclose(np.cov(components.T), np.diag([4, 2, 1]), atol=0.01)


def test_there_are_no_more_components_than_directions() -> None:
    rng = np.random.default_rng(1)
    rows = (rng.normal(size=(50, 2)) @ rng.normal(size=(2, 8))).astype(np.float32)
    assert half_whitened(rows, 5).shape == (50, 2)
    assert np.isfinite(half_whitened(np.ones((9, 4), np.float32), 3)).all()


def test_chunks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(2).normal(size=(60, 5)).astype(np.float32)
    whole = half_whitened(rows, 4)
    monkeypatch.setattr("pass_ops.clustering.rows.CHUNK", 7)
    np.testing.assert_allclose(half_whitened(rows, 4), whole, atol=1e-5)
