"""Starting ranks by mpirun on this machine, and ending with them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pass_ops.engine.cores import usable_cores
from pass_ops.engine.ranks.contact import listening
from pass_ops.engine.ranks.reports import Metrics, Reports
from pass_ops.errors import ConfigError
from pass_ops.tracking.tracker import Tracker

SOCKET = "socket"
# Bytes of the path of a socket, on Linux.
_LONGEST = 107
# Seconds that ranks have after a signal, of which a last checkpoint takes up to 15.
_PATIENCE = 18.0
# Open MPI 4.1 refuses to run as root, which containers do. Its ranks would copy from each other's
# memory by a system call that containers are denied, and say so on every start.
ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_btl_vader_single_copy_mechanism": "none",
    # A rank that waits for others lets them have its core.
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "use_mpi": "1",
}


def run_ranks(
    *, stage: str, module: str, arguments: Sequence[str], ranks: int, tracker: Tracker
) -> Metrics:
    """Run a module in so many processes of this machine, and return what the first one reports.

    If one fails, all end. SystemExit, which a signal raises here, lets the first one keep a
    checkpoint.

    Args:
        stage: its name, for errors.
        module: is given the file by which it finds this process (`engine.ranks.contact`), then the
            arguments.
        arguments: the same for all.
        ranks: how many.
        tracker: records what the first one does.

    Raises:
        PassError, RuntimeError: what the first rank that failed has raised.
        KilledError: one has ended without a word.
        ConfigError: the folder for temporary files has too long a name.
    """
    reports = Reports(tracker=tracker)
    with tempfile.TemporaryDirectory(prefix="ranks-") as folder:
        path = Path(folder, SOCKET)
        if len(os.fsencode(path)) > _LONGEST:
            raise ConfigError(
                f"{path}: the name of a socket has {_LONGEST} bytes at most; name a folder with a "
                "shorter path in TMPDIR"
            )
        with listening(Path(folder), str(path), reports) as contact:
            process = subprocess.Popen(
                [
                    *("mpirun", "--quiet", "-np", str(ranks), "--oversubscribe"),
                    *("--bind-to", "none", sys.executable, "-m", module, str(contact), *arguments),
                ],
                stdin=subprocess.DEVNULL,
                env=_environment(os.environ, ranks),
                # Ctrl-C is for this process to hand on.
                start_new_session=True,
            )
            try:
                status = process.wait()
            finally:
                _end(process, reports)
    return reports.outcome(
        status == 0,
        f"{stage}: one of {ranks} processes was killed (mpirun ended with status {status}), "
        "probably for lack of memory: give it more memory, or fewer processes",
    )


def _environment(environment: Mapping[str, str], ranks: int) -> dict[str, str]:
    """That of the ranks, which share the threads that one process would have.

    Args:
        environment: of this process.
        ranks: how many.
    """
    threads = environment.get("OMP_NUM_THREADS") or str(usable_cores())
    return {
        **environment,
        **ENVIRONMENT,
        "OMP_NUM_THREADS": str(max(1, int(threads) // ranks)),
        # Not /dev/shm, of which a container has 64 MB.
        "OMPI_MCA_btl_vader_backing_directory": tempfile.gettempdir(),
        # What can be imported here can be imported there.
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }


def _end(process: subprocess.Popen[bytes], reports: Reports) -> None:
    """Wait until all ranks have ended, and see to it that they do.

    Args:
        process: mpirun.
        reports: of its ranks.
    """
    if process.poll() is None and reports.first:
        # mpirun itself would kill them after a second.
        with suppress(ProcessLookupError):
            os.kill(reports.first, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
    if process.poll() is None:
        process.kill()
        process.wait()
