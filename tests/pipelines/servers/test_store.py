"""Who holds a server's folder, and its credentials."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from pass_ops.errors import StorageError
from pipelines.servers.identity import start_time
from pipelines.servers.process import ServerProcess
from pipelines.servers.store import (
    record_holder,
    store_credentials,
    store_holder,
    store_lock,
)


def test_credentials_are_random_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    stores = [tmp_path / "a", tmp_path / "b"]
    for store in stores:
        store.mkdir()
    credentials = [store_credentials(store) for store in stores]
    assert credentials[0] != credentials[1]
    assert credentials == [store_credentials(store) for store in stores]
    assert (stores[0] / "credentials.json").stat().st_mode & 0o777 == 0o600


def test_a_store_has_one_server_at_a_time_and_names_who_stops_it(tmp_path: Path) -> None:
    with store_lock(tmp_path) as lock:
        record_holder(descriptor=lock, server=1234, url="http://127.0.0.1:5000")
        since = start_time(os.getpid())
        with (
            # Ending the server alone would break the run that needs it.
            pytest.raises(
                StorageError,
                match=rf"{tmp_path} is in use by .*\(pid {os.getpid()}, since {since}\): wait until"
                rf" that ends, .* kill {os.getpid()}$",
            ),
            store_lock(tmp_path),
        ):
            pass
    with store_lock(tmp_path):
        pass


def test_a_store_tells_where_it_is_served_while_it_is(tmp_path: Path) -> None:
    assert store_holder(tmp_path / "missing") is None
    with store_lock(tmp_path) as lock:
        assert store_holder(tmp_path) is None
        record_holder(descriptor=lock, server=1234, url="http://127.0.0.1:5000")
        holder = store_holder(tmp_path)
        assert holder is not None
        assert holder.lives
        assert (holder.owner, holder.url) == (os.getpid(), "http://127.0.0.1:5000")
    assert store_holder(tmp_path) is None
    with store_lock(tmp_path):
        # A starting server has not said anything yet: what its predecessor said does not hold.
        assert store_holder(tmp_path) is None


def test_a_server_that_outlives_a_killed_run_is_ended_if_it_is_the_one(tmp_path: Path) -> None:
    with store_lock(tmp_path) as lock:
        sleeper = ServerProcess(
            name="sleeper",
            command=["sleep", "60"],
            environment=os.environ,
            log=tmp_path / "log",
            lock=lock,
        )
        # A process that has ended stands for the killed run.
        with subprocess.Popen(["true"]) as run:
            run.wait()
        record_holder(descriptor=lock, server=sleeper.process.pid, url="http://127.0.0.1:1")
        orphan = json.loads((tmp_path / "lock").read_text()) | {"owner": run.pid}
    # Its id, but another start: a process that has got the id of one that ended.
    other = orphan | {"server_start": orphan["server_start"] + 1}
    (tmp_path / "lock").write_text(json.dumps(other))
    with pytest.raises(StorageError, match="in use by"), store_lock(tmp_path):
        pass
    assert sleeper.process.poll() is None
    (tmp_path / "lock").write_text(json.dumps(orphan))
    with store_lock(tmp_path):
        assert sleeper.process.wait(5) == -signal.SIGTERM
