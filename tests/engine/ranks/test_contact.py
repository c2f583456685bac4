"""How ranks find the process that started them, and how both ends learn that the other is gone."""

from __future__ import annotations

import json
import threading
from multiprocessing import AuthenticationError
from pathlib import Path

import pytest

from pass_ops.engine.ranks.contact import Address, listening
from pass_ops.engine.ranks.reports import Reporter, Reports
from pass_ops.tracking.tracker import NullTracker


@pytest.fixture(params=["socket", "address"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Address:
    """On this machine, or reached from others."""
    return str(tmp_path / "socket") if request.param == "socket" else ("127.0.0.1", 0)


def test_what_is_told_has_been_heeded_when_the_call_returns(
    address: Address, tmp_path: Path
) -> None:
    reports = Reports(tracker=NullTracker())
    with listening(tmp_path, address, reports) as contact:
        assert contact.stat().st_mode & 0o777 == 0o600
        Reporter(contact).tell("finished", {"loss": 0.5})
        assert reports.metrics == {"loss": 0.5}


def test_who_does_not_know_the_key_is_not_listened_to(address: Address, tmp_path: Path) -> None:
    reports = Reports(tracker=NullTracker())
    with listening(tmp_path, address, reports) as contact:
        content = json.loads(contact.read_text())
        forged = tmp_path / "forged.json"
        forged.write_text(json.dumps(content | {"key": "00" * 32}))
        with pytest.raises(AuthenticationError):
            Reporter(forged)
        Reporter(contact).tell("started", 7)
        assert reports.first == 7


def test_a_rank_learns_that_nobody_listens_any_more(address: Address, tmp_path: Path) -> None:
    with listening(tmp_path, address, Reports(tracker=NullTracker())) as contact:
        reporter = Reporter(contact)
        waiting = threading.Thread(target=reporter.wait_for_end, daemon=True)
        waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()
    with pytest.raises(OSError, match="refused"):
        Reporter(contact)
