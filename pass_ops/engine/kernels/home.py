"""The folder that Jittor keeps its kernels in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pass_ops.errors import ConfigError

PLACE = ".cache/jittor/*/*/*/*/*/*/*"
"""Below it: versions of Jittor, compiler, Python, system, processor; two keys."""


def kernel_home(environment: Mapping[str, str]) -> Path:
    """The folder of kernels: JITTOR_HOME, else in a clone the one that make fills, else the home.

    Args:
        environment: of the process.

    Raises:
        ConfigError: there is none of them.
    """
    if home := environment.get("JITTOR_HOME"):
        return Path(home)
    clone = Path(__file__).resolve().parents[3]
    if (clone / "Makefile").is_file():
        return clone / ".cache" / "jittor"
    try:
        return Path.home()
    except RuntimeError as error:
        raise ConfigError(
            "HOME is not set: name a folder for Jittor's kernels in JITTOR_HOME"
        ) from error


def core_is_compiled(home: Path) -> bool:
    """Whether Jittor's core is in its folder `home`, for some machine."""
    return any(home.glob(f"{PLACE}/jittor_core*.so"))


def kernel_files(home: Path) -> list[Path]:
    """The compiled kernels in `home`, for all machines."""
    return list(home.glob(f"{PLACE}/jit/*.so"))
