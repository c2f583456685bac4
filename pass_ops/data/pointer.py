"""Where a data set is, and which one: the small JSON that steps hand on instead of the images."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass

from pass_ops.errors import DataError
from pass_ops.paths import PointerPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.contents.strict_json import parse_json, whole_number
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import read_text, reason

POINTER_NAME = "pointer.json"
_DIGEST = re.compile("[0-9a-f]{64}")
_ADVICE = f"name a folder in ImageNet-S layout, a packed set or its {POINTER_NAME}"


@dataclass(frozen=True, kw_only=True)
class DatasetPointer:
    """Names a data set, wherever it is.

    Attributes:
        uri: folder, or `s3://bucket/prefix`.
        digest: sha256 of what the set holds, in hex; equal sets have equal digests wherever they
            are.
        categories: how many classes the ground truth knows; 0 where it is photographs alone.
        counts: images in each split.
        clusters: how many clusters `choose_clusters` settled on; 0 before.
    """

    uri: str
    digest: str
    categories: int
    counts: dict[str, int]
    clusters: int = 0

    @classmethod
    def load(cls, path: PointerPath) -> DatasetPointer:
        """Read the JSON at `path`.

        Raises:
            DataError: no such file, or it is no pointer.
        """
        try:
            text = read_text(path)
        except (OSError, UnicodeError) as error:
            raise DataError(
                f"{path}: not a data set pointer ({reason(error)}); {_ADVICE}"
            ) from error
        return cls.from_json(text, str(path))

    @classmethod
    def from_json(cls, text: str | bytes, name: str) -> DatasetPointer:
        """The pointer that a text holds.

        Args:
            text: JSON, as `to_json` writes it.
            name: what an error calls it.

        Raises:
            DataError: the text is no pointer.
        """
        try:
            fields = parse_json(text)
            counts = {split: whole_number(count) for split, count in fields["counts"].items()}
            categories = whole_number(fields["categories"])
            # Pointers of sets that were packed earlier lack it.
            clusters = whole_number(fields.get("clusters", 0))
            if min(categories, clusters, *counts.values()) < 0:
                raise ValueError("a negative number")
            if b"\0" in os.fsencode(fields["uri"]):
                raise ValueError("a null byte, which no path has")
            # It names a folder of the cache.
            if not _DIGEST.fullmatch(fields["digest"]):
                raise ValueError("a digest that is none")
            return cls(
                uri=str(fields["uri"]),
                digest=str(fields["digest"]),
                categories=categories,
                counts=counts,
                clusters=clusters,
            )
        # Whatever is missing, of another type or no whole number.
        except (
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            OverflowError,
            RecursionError,
        ) as error:
            raise DataError(f"{name}: not a data set pointer; {_ADVICE}") from error

    def to_json(self) -> str:
        """The pointer as JSON, with its keys sorted."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    def save(self, path: PointerPath) -> None:
        """Write the JSON to `path`, whole or not at all."""
        with atomic_path(path, form_of(PointerPath)) as temporary:
            temporary.write_text(self.to_json(), encoding="utf-8")
