"""Who holds a server's folder, and its credentials."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pipelines.servers.process import ServerProcess
from pipelines.servers.store import record_holder, store_credentials, store_lock


def test_credentials_are_random_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    stores = [tmp_path / "a", tmp_path / "b"]
    for store in stores:
        store.mkdir()
    credentials = [store_credentials(store) for store in stores]
    assert credentials[0] != credentials[1]
    assert credentials == [store_credentials(store) for store in stores]
    assert (stores[0] / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_a_store_has_one_server_at_a_time_and_names_it(tmp_path: Path) -> None:
    with store_lock(tmp_path) as lock:
        record_holder(lock, 1234)
        with (
            pytest.raises(StorageError, match=rf"{tmp_path} is in use by .* \(process 1234\)"),
            store_lock(tmp_path),
        ):
            pass
    with store_lock(tmp_path):
        pass


def test_a_server_that_outlives_a_killed_run_still_holds_its_store(tmp_path: Path) -> None:
    with store_lock(tmp_path) as lock:
        sleeper = ServerProcess(
            name="sleeper",
            command=["sleep", "60"],
            environment=os.environ,
            log=tmp_path / "log",
            lock=lock,
        )
    with pytest.raises(StorageError, match="in use"), store_lock(tmp_path):
        pass
    sleeper.stop()
    with store_lock(tmp_path):
        pass
