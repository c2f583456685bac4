"""Where a data set is, and which one: the small JSON that steps hand on instead of the images."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pass_ops.errors import DataError
from pass_ops.paths import PointerPath
from pass_ops.storage.atomic import atomic_path

POINTER_NAME = "pointer.json"


@dataclass(frozen=True, kw_only=True)
class DatasetPointer:
    """Names a data set, wherever it is.

    Attributes:
        uri: folder, or `s3://bucket/prefix`.
        digest: sha256 of what the set holds, in hex; equal sets have equal digests wherever they
            are.
        categories: how many classes the ground truth knows (K).
        counts: images in each split.
    """

    uri: str
    digest: str
    categories: int
    counts: dict[str, int]

    @classmethod
    def load(cls, path: PointerPath) -> DatasetPointer:
        """Read the JSON at `path`.

        Raises:
            DataError: no such file, or it is no pointer.
        """
        try:
            return cls.from_json(Path(path).read_text(encoding="utf-8"), str(path))
        except OSError as error:
            raise DataError(
                f"{path}: no data set pointer ({error.strerror}); pack the data set again"
            ) from error

    @classmethod
    def from_json(cls, text: str, name: str) -> DatasetPointer:
        """The pointer that a text holds.

        Args:
            text: JSON, as `to_json` writes it.
            name: what an error calls it.

        Raises:
            DataError: the text is no pointer.
        """
        try:
            fields = json.loads(text)
            # KFP hands whole numbers on as floats.
            counts = {str(split): int(count) for split, count in fields["counts"].items()}
            return cls(
                uri=str(fields["uri"]),
                digest=str(fields["digest"]),
                categories=int(fields["categories"]),
                counts=counts,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(f"{name}: not a data set pointer; pack the data set again") from error

    def to_json(self) -> str:
        """The pointer as JSON, with its keys sorted."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    def save(self, path: PointerPath) -> None:
        """Write the JSON to `path`, whole or not at all."""
        with atomic_path(path) as temporary:
            temporary.write_text(self.to_json(), encoding="utf-8")
