"""Commands that Jittor has noted beside kernels of every kind."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path


def kernel_commands() -> list[list[str]]:
    """Commands by which Jittor compiled kernels: one for each set of flags, of kernels whose
    assembler code it changes (they have a mark) and of others. Each ends with the file it makes.
    """
    from pass_ops.engine.jittor import jt

    float((jt.ones((3, 5)) * 7).sum().item())
    jt.nn.conv2d(jt.ones((1, 3, 4, 4)), jt.ones((2, 3, 3, 3))).sync()
    commands = {}
    for record in sorted(Path(jt.compiler.cache_path, "jit").glob("*_op.so.key")):
        command = shlex.split(record.read_text().splitlines()[0])
        marked = "@begin" in record.with_name(record.name.replace(".so.key", ".cc")).read_text()
        flags = " ".join(word for word in command if not word.endswith(("_op.cc", "_op.so")))
        commands[flags, marked] = command
    return list(commands.values())


def moved(command: list[str], folder: Path) -> list[str]:
    """A command with its source, and what it makes, in `jit` of a folder that it makes: what is
    compiled in a folder finds compiled headers beside that.
    """
    (source,) = (Path(word) for word in command if word.endswith("_op.cc"))
    place = folder / "jit"
    place.mkdir(parents=True)
    copied = shutil.copy(source, place)
    output = str(place / Path(command[-1]).name)
    return [str(copied) if word == str(source) else word for word in command[:-1]] + [output]
