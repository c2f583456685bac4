"""KFP's local cache of finished stages, with what it takes on trust made sure of.

The cache of KFP 2.17.0 knows a stage by the paths of its inputs and by the component's own code,
and takes its outputs if something is where they were. Here it knows it by what is in its inputs and
by all code that computes, as they are when the stage starts, and takes outputs that are still what
the stage wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kfp.dsl import Artifact
from kfp.local import cache as kfp_cache

from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.file_digest import file_sha256
from pass_ops.storage.forms import ANY_FILE
from pipelines.images.source_digest import source_digest


class VerifiedCache(kfp_cache.LocalCache):
    """The cache of one run."""

    def __init__(self, root: Path, sources: Iterable[Path], say: Callable[[str], None]) -> None:
        """Open it.

        Args:
            root: folder of the entries; made if missing.
            sources: folders and files whose content decides what the stages compute.
            say: is told in one line why a stage is not taken or not kept.
        """
        super().__init__(str(root))
        self.root, self.sources, self.say = root, tuple(sources), say
        self._code = source_digest(self.sources)
        self._code_of_key: dict[str, str] = {}
        self._digests: dict[Path, str] = {}

    def compute_key(self, *, arguments: Mapping[str, Any], **others: Any) -> str:
        """What a stage is known by, when it starts.

        Args:
            arguments: its inputs, artifacts among them.
            others: what KFP adds.
        """
        code = source_digest(self.sources)
        if code != self._code:
            self.say("the code has changed during this run: stages from here on are the new code's")
            self._code = code
        contents = {name: self._content(value) for name, value in arguments.items()}
        inner = super().compute_key(arguments=contents, **others)
        key = hashlib.sha256(f"{code} {inner}".encode()).hexdigest()
        self._code_of_key[key] = code
        return key

    def get(self, key: str) -> dict[str, Any] | None:
        """The outputs of a stage; None if there are none, or not as the stage wrote them."""
        try:
            digests = json.loads(self._digest_file(key).read_text())
        except (OSError, ValueError):
            return None
        for path, digest in digests.items():
            found = self._digest(Path(path)) if Path(path).exists() else None
            if found != digest:
                fault = "is gone" if found is None else "is not what its stage wrote, but damaged"
                self.say(f"{path} {fault}: the stage runs again")
                return None
        outputs: dict[str, Any] | None = super().get(key)
        return outputs

    def put(self, key: str, outputs: dict[str, Any]) -> None:
        """Keep the outputs of a stage that has finished, unless code changed under it.

        Args:
            key: what it was known by when it started.
            outputs: by name.
        """
        if source_digest(self.sources) != self._code_of_key[key]:
            self.say("the code has changed under this stage: later runs will not take its outputs")
            return
        paths = (Path(value.path) for value in outputs.values() if isinstance(value, Artifact))
        digests = {str(path): self._digest(path) for path in paths}
        with atomic_path(self._digest_file(key), ANY_FILE) as temporary:
            temporary.write_text(json.dumps(digests))
        super().put(key, outputs)

    def _content(self, value: Any) -> Any:
        """An input as it counts: an artifact by what is in it, wherever it lies."""
        if not isinstance(value, Artifact):
            return value
        path = Path(value.path)
        # What an earlier stage has not written is for the stage to complain of.
        return {"digest": path.exists() and self._digest(path), "metadata": value.metadata}

    def _digest(self, path: Path) -> str:
        """The digest of an artifact, read once in a run."""
        if path not in self._digests:
            self._digests[path] = content_digest(path)
        return self._digests[path]

    def _digest_file(self, key: str) -> Path:
        return self.root / f"{key}.digests"


def content_digest(path: Path) -> str:
    """The SHA-256 of a file, or of the names and contents of all files in a folder, in hex."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        lines = (f"{content_digest(file)} {file.relative_to(path).as_posix()}\n" for file in files)
        return hashlib.sha256("".join(lines).encode(errors="surrogateescape")).hexdigest()
    return file_sha256(path)


@contextmanager
def runner_cache(cache: VerifiedCache | None) -> Iterator[None]:
    """Let KFP's local runner use `cache` while the block lasts; none if None."""
    before = kfp_cache.get_local_cache
    kfp_cache.get_local_cache = lambda: cache
    try:
        yield
    finally:
        kfp_cache.get_local_cache = before
