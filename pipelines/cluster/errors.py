"""What is wrong with a server that a run is sent to, or with the run."""

from __future__ import annotations

from pass_ops.errors import PassError


class SubmissionError(PassError):
    """The KFP server cannot be reached or refuses, or lacks what runs need; or the run failed."""
