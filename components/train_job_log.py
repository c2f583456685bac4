"""The log of a TrainJob's pod with mpirun, line by line into this task's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

import urllib3
from kubernetes import client

from components.train_job_api import ClusterApi

# Seconds between two attempts to read it, for its last lines at the end, and by which clocks may
# differ.
_PAUSE, _PATIENCE, _CLOCKS = 1.0, 5.0, 30


@contextmanager
def shown_log(name: str) -> Iterator[None]:
    """Print the log as it comes while the block runs, and what is left of it at its end; where the
    block raises, there may be no time for that.

    Args:
        name: of the TrainJob.
    """
    end = threading.Event()
    thread = threading.Thread(target=_show, args=(ClusterApi(), name, end), daemon=True)
    thread.start()
    yield
    end.set()
    thread.join(_PATIENCE)


def _show(api: ClusterApi, name: str, end: threading.Event) -> None:
    """Print the log until it is whole and `end` is set; where it breaks off, go on from there.

    Args:
        api: of the cluster.
        name: of the TrainJob.
        end: set when no more will come.
    """
    last: tuple[str, str] | None = None
    while True:
        # What was written before `end` was set is then read.
        whole = end.is_set()
        with suppress(client.ApiException, urllib3.exceptions.HTTPError):
            if pod := api.launcher(name):
                for line in api.log(pod, _seconds_since(last)):
                    time_text, _, text = line.decode(errors="replace").rstrip("\n").partition(" ")
                    if last is None or _instant(time_text) > last:
                        last = _instant(time_text)
                        print(text, flush=True)
        if whole:
            return
        end.wait(_PAUSE)


def _instant(text: str) -> tuple[str, str]:
    """A time that compares as times do: the API leaves zeros out at its end.

    Args:
        text: RFC 3339, in nanoseconds, UTC.
    """
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return whole, fraction.ljust(9, "0")


def _seconds_since(last: tuple[str, str] | None) -> int | None:
    """How long ago a time was, and a little more.

    Args:
        last: see `_instant`.
    """
    if last is None:
        return None
    return int(time.time() - datetime.fromisoformat(f"{last[0]}+00:00").timestamp()) + _CLOCKS
