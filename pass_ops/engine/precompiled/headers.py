"""The compiler of Jittor's core and kernels: g++, with Jittor's headers compiled once."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from pass_ops.errors import StorageError


def compiler_with_headers(home: Path) -> Path:
    """Write the program that Jittor is to call in place of g++, unless it is there.

    In the folder of kernels, since Jittor knows kernels by the command that compiled them: clones,
    and versions of this package, that share the folder would compile all of them in turns.

    Args:
        home: the folder of kernels.

    Returns:
        its path, of which Jittor 1.3.11 wants that the name holds `g++`.

    Raises:
        StorageError: the folder cannot be written to.
    """
    source = resources.files("pass_ops.engine.precompiled").joinpath("g++.sh").read_bytes()
    program = home / ".cache" / "pass-ops" / "g++"
    try:
        if not program.is_file() or program.read_bytes() != source:
            program.parent.mkdir(parents=True, exist_ok=True)
            partial = program.with_name(f"g++.{os.getpid()}")
            partial.write_bytes(source)
            partial.chmod(0o755)
            partial.replace(program)
    except OSError as error:
        raise StorageError(
            f"{program}: {error.strerror}; Jittor's compiler is called from there: change its "
            "rights, or name another folder in JITTOR_HOME"
        ) from error
    return program
