"""What an output may take the place of: nothing, an empty folder, or an earlier output of its kind.

Commands and stages ask before their work begins, `storage.atomic` again when it puts an output in
its place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from pass_ops.errors import StorageError
from pass_ops.storage.forms import NEW_FILE, NEW_FOLDER, Form


def require_free(path: Path, form: Form, inputs: Iterable[str | Path] = ()) -> None:
    """Refuse an output that would take the place of anything but an earlier output of its form.

    Args:
        path: of the output.
        form: of the output.
        inputs: files and folders that are read; the output may not be one of them, lie in one or
            hold one. Addresses elsewhere and empty texts do not matter.

    Raises:
        StorageError: it would; or nothing can be written there at all.
    """
    if path.name in ("", ".."):
        raise StorageError(f"{path}: no name of a {form.noun} to write; give it one")
    for one in (one for one in inputs if one):
        _require_apart(path, one)
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        _require_parent(path)
        return
    except OSError as error:
        raise StorageError(
            f"{path}: {error.strerror}; choose another {form.noun} to write"
        ) from error
    _require_parent(path)
    if stranger := _stranger(path, mode, form):
        raise StorageError(f"{path}: {stranger}; choose another {form.noun} to write, or move it")


def _stranger(path: Path, mode: int, form: Form) -> str:
    """What is at `path` that keeps an output from its place, in words; nothing if nothing does.

    Args:
        path: where something is.
        mode: of what is there, links not followed.
        form: of the output.
    """
    if stat.S_ISLNK(mode):
        return "is a symbolic link, which outputs neither follow nor replace"
    kind = "folder" if stat.S_ISDIR(mode) else "file"
    if kind != form.noun:
        return f"is a {kind} already, where a {form.noun} is to be written"
    try:
        if kind == "folder" and not any(path.iterdir()):
            return ""
        if form in (NEW_FILE, NEW_FOLDER):
            return "is there already"
        stranger = form.stranger(path)
    except OSError as error:
        stranger = f"{error.strerror}: {error.filename}"
    return f"is there already, and no earlier output of this kind ({stranger})" if stranger else ""


def _require_apart(path: Path, source: str | Path) -> None:
    """Refuse an output that is an input, lies in one, or holds one.

    Args:
        path: of the output.
        source: the input.
    """
    output, origin = Path(os.path.realpath(path)), Path(os.path.realpath(source))
    if output == origin:
        relation = "is the input itself"
    elif origin in output.parents:
        relation = f"lies in the input {source}"
    elif output in origin.parents:
        relation = f"holds the input {source}"
    else:
        return
    raise StorageError(f"{path}: {relation}; choose another place to write to")


def _require_parent(path: Path) -> None:
    """Refuse an output in what is no folder, or cannot be written to."""
    parent = path.parent
    while not os.path.lexists(parent) and parent != parent.parent:
        parent = parent.parent
    if not parent.is_dir():
        raise StorageError(f"{path}: {parent} is no folder; choose another place to write to")
    if not os.access(parent, os.W_OK | os.X_OK):
        raise StorageError(
            f"{path}: {parent} cannot be written to; change its rights, or choose another place"
        )
