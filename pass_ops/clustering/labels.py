"""Image labels as a table: `labels.parquet` and `selected.parquet` (method 2.2, A4, A5 and A7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pass_ops.clustering.label_columns import holds_lists, not_finite, read_columns
from pass_ops.data.ids import Ids
from pass_ops.errors import ArtifactError
from pass_ops.paths import ImageLabelsPath
from pass_ops.storage.atomic import atomic_path
from pass_ops.storage.kinds import form_of
from pass_ops.storage.opening import reading

if TYPE_CHECKING:
    import pandas as pd

# Every table has the first; those of a clustering have the second, those of a classifier the third.
LABELS = ("key", "label", "label_space")
DISTANCES = ("nearest", "distances", "margin")
CONFIDENCE = ("confidence",)
NO_LABEL = -2
"""The label of an image that has none (method 8, A11)."""


@dataclass(frozen=True, eq=False)
class LabelTable:
    """One label per image, all of one label space.

    Attributes:
        rows: columns LABELS and maybe others; key (string, unique), label (0-based cluster id),
            label_space (the same in every row).
        source: what errors call the table: its path, if it has one.
        least: lowest label allowed: 0, or NO_LABEL where images may have none.

    Raises:
        ArtifactError: no rows, a column of LABELS missing, a value of these that is null, a key
            twice, labels that are not whole numbers from `least`, several label spaces.
    """

    rows: pd.DataFrame
    source: str = "the table of labels"
    least: int = 0

    def __post_init__(self) -> None:
        self._require_present(LABELS)
        if self.rows.empty:
            raise ArtifactError(f"{self.source} lists no images: make it again")
        repeated = self.rows["key"][self.rows["key"].duplicated()]
        if len(repeated):
            raise ArtifactError(
                f"{self.source} lists {len(repeated)} keys twice (such as {repeated.iloc[0]}): "
                "make it again"
            )
        self._require_finite(LABELS)
        label = self.rows["label"]
        if label.dtype.kind not in "iu" or label.min() < self.least:
            raise ArtifactError(
                f"{self.source}: labels must be whole numbers from {self.least}, "
                f"not {label.min()}: make it again"
            )
        spaces = sorted(set(self.rows["label_space"]))
        if len(spaces) > 1:
            raise ArtifactError(
                f"{self.source} mixes the label spaces {spaces[0]} and {spaces[1]}: make it again"
            )

    @classmethod
    def of(cls, columns: Mapping[str, Any]) -> LabelTable:
        """The table of some columns.

        Args:
            columns: values by name: one for each image, or one for all.

        Raises:
            ArtifactError: see the class.
        """
        # Its import takes a fifth of a second: of who makes or reads a table, not of every stage.
        import pandas as pd

        return cls(pd.DataFrame(columns))

    @classmethod
    def load(cls, path: Path, least: int = 0) -> LabelTable:
        """Read what `save` wrote.

        Args:
            path: parquet file.
            least: see the class.

        Raises:
            ArtifactError: no such table, and see the class.
        """
        with reading(
            path=path, what="table of labels", advice="run the stage that writes it again"
        ):
            return cls(read_columns(path), str(path), least)

    def save(self, path: Path) -> None:
        """Write the rows as parquet, whole or not at all."""
        with atomic_path(path, form_of(ImageLabelsPath)) as temporary:
            self.rows.to_parquet(temporary, index=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, column: str) -> bool:
        return column in self.rows

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the images, in the table's order."""
        return tuple(self.rows["key"])

    @property
    def labels(self) -> Ids:
        """Label of each image, int64 [N]."""
        return self.rows["label"].to_numpy(np.int64)

    @property
    def label_space(self) -> str:
        """The clustering that gives the labels their meaning (method 2.4)."""
        return str(self.rows["label_space"].iloc[0])

    @property
    def repeats(self) -> Ids:
        """How often each image counts, int64 [N]; once where the table does not say.

        Raises:
            ArtifactError: a number below 1.
        """
        if "repeat" not in self:
            return np.ones(len(self), np.int64)
        repeats = self.column("repeat").astype(np.int64)
        if repeats.min() < 1:
            raise ArtifactError(
                f"{self.source}: repeat is {repeats.min()}, but must be 1 at least: select again"
            )
        return repeats

    def column(self, name: str) -> NDArray[Any]:
        """Values of a column: [N], or [N, M] where each image has M of them.

        Raises:
            ArtifactError: no such column, or values that are not finite.
        """
        self.require(name)
        values = self.rows[name]
        return np.stack(values.to_list()) if holds_lists(values) else values.to_numpy()

    def ordered(self, keys: Sequence[str]) -> LabelTable:
        """The same table with its rows in the order of `keys`.

        Raises:
            ArtifactError: it does not list these very images.
        """
        listed, wanted = set(self.rows["key"]), set(keys)
        if listed != wanted:
            differences = {"lacks": sorted(wanted - listed), "adds": sorted(listed - wanted)}
            shown = " and ".join(
                f"{verb} {len(of)} keys (such as {of[0]})" for verb, of in differences.items() if of
            )
            raise ArtifactError(
                f"{self.source} {shown} beside the {len(wanted)} images used here: "
                "label these very images"
            )
        rows = self.rows.set_index("key").loc[list(keys)].reset_index()[list(self.rows.columns)]
        return dataclasses.replace(self, rows=rows)

    def require(self, *columns: str) -> LabelTable:
        """This table, if it has these columns with finite values.

        Raises:
            ArtifactError: a column is missing, or a value is null, NaN or infinite.
        """
        self._require_present(columns)
        self._require_finite(columns)
        return self

    def require_clusters(self, clusters: int, column: str = "label") -> LabelTable:
        """This table, if its labels are ids of so many clusters.

        Args:
            clusters: K.
            column: of cluster ids, which must be there.

        Raises:
            ArtifactError: an id outside 0..clusters-1.
        """
        least, most = self.rows[column].min(), self.rows[column].max()
        if least < 0 or most >= clusters:
            raise ArtifactError(
                f"{self.source}: {column} lies in {least}..{most}, not in 0..{clusters - 1}: "
                f"make it with {clusters} clusters"
            )
        return self

    def _require_present(self, columns: Sequence[str]) -> None:
        absent = [name for name in columns if name not in self]
        if absent:
            raise ArtifactError(
                f"{self.source} has no column {', '.join(absent)}, "
                f"only {', '.join(self.rows.columns)}: make it again"
            )

    def _require_finite(self, columns: Sequence[str]) -> None:
        for name in columns:
            bad = not_finite(self.rows[name])
            if bad.any():
                example = self.rows["key"][bad].iloc[0]
                raise ArtifactError(
                    f"{self.source}: {name} of {bad.sum()} images is not finite "
                    f"(such as {example}): make it again"
                )
