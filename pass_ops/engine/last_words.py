"""What a stage leaves to Kubernetes when it ends."""

from __future__ import annotations

import os
from pathlib import Path

from pass_ops.errors import PassError

# Kubernetes reads this file of a container that has ended; elsewhere there is none.
FILE = Path("/dev/termination-log")
# By these words a cluster's rule for retries (manifests/kfp/retries.yaml) knows what is in vain.
IN_VAIN = "not to be retried"
# Bytes that Kubernetes keeps; of longer ones it would keep the end.
_LONGEST = 4096


def leave_last_words(error: PassError) -> None:
    """Say in the container's termination message why it ends.

    KFP's launcher (2.17.0, backend/src/v2/cmd/launcher-v2/main.go) ends with status 1 whatever a
    stage ended with: this message is all that tells wrong input from a lost server.
    """
    verdict = "" if error.passing else f"{IN_VAIN}: "
    if os.access(FILE, os.W_OK):
        FILE.write_bytes(f"{verdict}{error}".encode(errors="replace")[:_LONGEST])
