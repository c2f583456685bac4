"""What Jittor needs to compile kernels: a compiler, and folders with room that it may write to.

Jittor 1.3.11 says of what is missing in 50 lines of tracebacks, none of which may name it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pass_ops.engine.kernels.home import core_is_compiled
from pass_ops.engine.kernels.room import CORE, ROOM, require_room
from pass_ops.errors import ConfigError, StorageError


def require_compiler(environment: Mapping[str, str], home: Path) -> None:
    """Refuse what Jittor could not compile with.

    Args:
        environment: of the process.
        home: the folder of kernels, JITTOR_HOME; made if missing.

    Raises:
        ConfigError: there is no compiler.
        StorageError: a folder cannot be written to, or has no room.
    """
    compiler = environment.get("cc_path") or "g++"
    if shutil.which(compiler) is None:
        raise ConfigError(
            f"{compiler}: no such program, with which Jittor compiles its kernels; install it: "
            "apt-get install g++"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        raise StorageError(
            f"JITTOR_HOME={home}: {error.strerror}; Jittor keeps its kernels there: change its "
            "rights, or name another folder"
        ) from error
    require_room(home, ROOM if core_is_compiled(home) else CORE)
