"""One of the processes of `processes.ordered_map`: the work comes in, then items; results go out.

All of it is pickled, through standard input and output. A result is a pair: what the work returned
and None, or None and the error that it raised.

Nothing but OpenCV is imported before the work says what it needs: a process starts in a fraction of
a second.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

import cv2

_END = object()


def main() -> None:
    """Work until there are no more items, or nobody who takes results."""
    # Ctrl-C reaches all processes of a terminal, and Argo's SIGTERM all of a container: the one
    # that hands out the work, which may have a step to finish first, ends this one.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    # What the work prints, be it in Python or in C, must not get between the results.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # The processes share the cores already.
    cv2.setNumThreads(1)
    work = pickle.load(sys.stdin.buffer)
    items: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(sys.stdin.buffer, items), daemon=True).start()
    try:
        while (item := items.get()) is not _END:
            output.write(_result(work, item))
            output.flush()
    except BrokenPipeError:
        pass
    # At once: Python 3.11 aborts at its regular end if a thread waits for standard input still.
    os._exit(0)


def _receive(source: IO[bytes], items: SimpleQueue[Any]) -> None:
    """Move items from the pipe to the queue until there are no more.

    In a thread of its own: if nobody read items while a large result is written, and nobody took
    results while a large item is written, both processes would wait forever.

    Args:
        source: the pipe.
        items: the queue.
    """
    try:
        while True:
            items.put(pickle.load(source))
    except EOFError:
        pass
    finally:
        items.put(_END)


def _result(work: Any, item: Any) -> bytes:
    """The result of one item, pickled.

    Args:
        work: what is done to it.
        item: what it is done to.
    """
    try:
        return pickle.dumps((work(item), None))
    except BaseException as error:
        # Pickling loses the traceback but keeps notes.
        error.add_note(traceback.format_exc())
        try:
            return pickle.dumps((None, pickle.loads(pickle.dumps(error))))
        except Exception:  # An error that cannot be pickled, or not be made again.
            return pickle.dumps((None, RuntimeError(traceback.format_exc())))


if __name__ == "__main__":
    main()
