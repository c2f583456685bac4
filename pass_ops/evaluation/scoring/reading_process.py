"""One of the processes of `reading.read_counts`: a reader and keys come in, counts go out, pickled,
one image at a time.
"""

from __future__ import annotations

import pickle
import sys

import cv2


def main() -> None:
    """Answer on standard output, where nothing else may be printed."""
    output, sys.stdout = sys.stdout.buffer, sys.stderr
    cv2.setNumThreads(1)  # The processes share the cores already.
    reader, keys = pickle.load(sys.stdin.buffer)
    for key in keys:
        pickle.dump(reader(key), output)
        output.flush()


if __name__ == "__main__":
    main()
