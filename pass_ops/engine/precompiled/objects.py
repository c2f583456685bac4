"""The object files of Jittor's core, looked at as one instead of each by itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pass_ops.engine.precompiled.record import digest_of, made_of

RECORD = "objects.json"
CORE = "Compiling jittor_core"
"""What Jittor says when it compiles its core."""

Run = Callable[..., None]


def keep_objects() -> None:
    """Let the import of Jittor, which has to follow, take the core's object files that are there.

    For each of the 150 files Jittor 1.3.11 looks whether it or a header below it has changed, and
    reads most headers 150 times: a fifth of what its import costs.
    """
    import jittor_utils

    jittor_utils.run_cmds = kept(jittor_utils.run_cmds)


def kept(run: Run) -> Run:
    """Make `run` leave out the commands of the core, while all that these read is the same.

    Args:
        run: runs commands, each of which makes the file that it names in quotes after -o; its other
            arguments are the folder of what was compiled, that of Jittor's package, and what it
            says of them.
    """

    def run_if_changed(commands: Sequence[str], *about: str) -> None:
        if about[-1] != CORE:
            run(commands, *about)
            return
        cache, package, _ = about

        def compiled() -> list[str]:
            run(commands, *about)
            return [command.rsplit(' -o "', 1)[1].split('"')[0] for command in commands]

        sources = [
            path
            for folder in (Path(package, "src"), Path(package, "extern"), Path(cache, "gen"))
            for path in folder.rglob("*.*")
            if path.suffix in (".cc", ".cu", ".h")
        ]
        digest = digest_of(sources, "\n".join(commands).encode())
        made_of(digest=digest, record=Path(cache, "obj_files", RECORD), make=compiled)

    return run_if_changed
