"""A spool on disk, without a server."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pass_ops.tracking.spool.spool import EVENTS, Spool

# Jittor, where it is imported, has the processor take subnormal numbers for 0.
_NUMBERS = st.floats(allow_nan=False, allow_subnormal=False)
events = st.lists(
    st.fixed_dictionaries(
        {
            "run": st.sampled_from(["own", "parent"]),
            "call": st.text(),
            "arguments": st.dictionaries(st.text(), _NUMBERS | st.text()).filter(
                lambda arguments: "path" not in arguments
            ),
        }
    ),
    max_size=8,
)


def left(folder: Path) -> Spool:
    """A spool that its process has left."""
    spool = Spool.take(folder)
    assert spool is not None
    return spool


@given(events, st.integers(0, 8), st.integers(0, 30))
def test_whatever_a_kill_cuts_off_the_whole_events_are_delivered_in_order_and_once(
    given_events: list[dict[str, object]], delivered: int, cut: int
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "spool"
        spool = Spool.create(folder)
        for event in given_events:
            spool.append(event)
        # One is being delivered when the process dies: it counts as not delivered.
        pending = spool.pending()
        taken = [event for _, event in zip(range(delivered + 1), pending, strict=False)]
        pending.close()
        spool.close()
        content = (folder / EVENTS).read_bytes()
        (folder / EVENTS).write_bytes(content + content[:cut].rstrip(b"\n").split(b"\n")[0])
        rest = list(left(folder).pending())
        assert taken == given_events[: delivered + 1]
        assert rest == given_events[min(delivered, len(given_events)) :]


def test_one_process_has_it_and_others_do_not_wait(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool")
    assert Spool.take(tmp_path / "spool") is None
    spool.close()
    taken = left(tmp_path / "spool")
    assert Spool.take(tmp_path / "spool") is None
    taken.remove()
    assert Spool.take(tmp_path / "spool") is None
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(FileExistsError):
        Spool.create(tmp_path)


def test_files_are_kept_as_they_were_and_go_when_they_are_delivered(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "model").write_text("first")
    spool = Spool.create(tmp_path / "spool")
    copies = [spool.keep(weights), spool.keep(weights / "model")]
    (weights / "model").unlink()
    (weights / "model").write_text("second")
    assert [(copies[0] / "model").read_text(), copies[1].read_text()] == ["first", "first"]
    for copy in copies:
        spool.append({"run": "own", "call": "file", "arguments": {"path": str(copy)}})
    assert [Path(event["arguments"]["path"]).exists() for event in spool.pending()] == [True, True]
    assert not any(copy.exists() for copy in copies)


def test_what_was_refused_stays_when_the_rest_goes(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool")
    event = {"run": "own", "call": "params", "arguments": {"epochs": 3}}
    spool.append(event)
    spool.refuse(event, "no")
    spool.remove()
    (kept,) = (tmp_path / "spool").iterdir()
    assert json.loads(kept.read_text()) == {**event, "reason": "no"}
