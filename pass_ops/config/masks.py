"""Settings of steps 4.3 to 4.5 and 5.4 to 5.5 (method 10, 11, 13)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TypeVar

from pass_ops.config.compat import COMPAT
from pass_ops.config.parts.crf import CRF_PRESETS, CrfParameters
from pass_ops.config.parts.gates import GATES, Gates
from pass_ops.config.sam import AutomaticConfig
from pass_ops.config.schema import limited
from pass_ops.errors import ConfigError

Numbers = TypeVar("Numbers", CrfParameters, Gates)


@dataclass(frozen=True, kw_only=True)
class CrfConfig:
    """A preset of the dense CRF, and the numbers that differ from it.

    Attributes:
        preset: a column of method 10.1.
        confidence, gaussian_sxy, gaussian_weight, bilateral_sxy, bilateral_srgb, bilateral_weight,
            iterations: as in `CrfParameters`; null for the preset's.
        max_shrinkage: largest part of an image's foreground that the field may take away; where it
            takes more, the image keeps its labels. 1 lets it empty an image.
        processes: images worked on at once, no more than cores.
    """

    preset: str = limited(default="pseudo-labels", choices=tuple(CRF_PRESETS))
    confidence: float | None = limited(default=None, low=0.01, high=0.999)
    gaussian_sxy: float | None = limited(default=None, low=0.1)
    gaussian_weight: float | None = limited(default=None, low=0)
    bilateral_sxy: float | None = limited(default=None, low=0.1)
    bilateral_srgb: float | None = limited(default=None, low=0.1)
    bilateral_weight: float | None = limited(default=None, low=0)
    iterations: int | None = limited(default=None, low=0, high=100)
    max_shrinkage: float = limited(default=1.0, low=0, high=1)
    processes: int = limited(default=2, low=1, high=256)

    def parameters(self) -> CrfParameters:
        """The preset's numbers, with those that are set here in their place."""
        return _changed(CRF_PRESETS[self.preset], self)


@dataclass(frozen=True, kw_only=True)
class RegionsConfig:
    """Masks of everything in an image.

    Attributes:
        automatic: how `sam` finds masks without prompts.
        max_regions: regions kept of one image, the best ones.
        processes: images worked on at once, or, by a back end with a network, read ahead of it; no
            more than cores.
        enabled: whether any are made; without them refinement leaves maps as they are. Unless it is
            set, `config.resolve` turns it off where round 1 prompts for several classes, for which
            the method has no use for regions (11.3).
    """

    automatic: AutomaticConfig = field(default_factory=AutomaticConfig)
    max_regions: int = limited(default=200, low=1)
    processes: int = limited(default=2, low=1, high=256)
    enabled: bool = True


@dataclass(frozen=True)
class RefinementConfig:
    """Refinement of label maps by masks of everything.

    Attributes:
        compat: the rule of method 10.3.
        max_shrinkage: largest part of an image's foreground that masks may take away; where they
            take more, the image keeps its labels. 1 lets them empty an image.
        processes: images worked on at once, no more than cores.
    """

    compat: str = limited(default="fixed", choices=COMPAT)
    max_shrinkage: float = limited(default=1.0, low=0, high=1)
    processes: int = limited(default=2, low=1, high=256)


@dataclass(frozen=True, kw_only=True)
class PromptConfig:
    """Prompts of one round, what is done with the answers, and which of them count.

    Numbers in brackets are sections of the method.

    Attributes:
        mode: `single` prompts once per image and paints the image's label (11.1, 11.2); `multi`
            prompts every component of every class close to the image (11.3); null for `single` in
            `reference`, `multi` in `fixed`.
        candidates: 1 runs two passes, the second with the first's logits (11.1); 3 takes one of
            three masks (13). A point alone gets two passes in any case.
        sigma: squared distance up to which a second class is looked for (`multi`).
        box_margin: part of its width and height by which a box grows on every side: a coarse region
            is often a part of its object.
        on_empty: what an image without foreground becomes: `keep` leaves its map, `ignore` leaves
            it out of the loss, `point` prompts with its point alone.
        gates: reject masks by the limits below (11.4); what is rejected keeps the pixels of the
            map.
        min_score, min_iou, min_area, max_area, min_coverage: as in `Gates`; null for those of the
            back end that makes the masks.
        ignore_disagreement: leave pixels where mask and map disagree out of the loss (11.4).
        compat: `reference` uses the stored points and candidate 0; `fixed` finds points anew inside
            the component and chooses among the candidates (13).
        processes: images worked on at once, or, by a back end with a network, read ahead of it; no
            more than cores.
    """

    mode: str | None = limited(default=None, choices=("single", "multi"))
    candidates: int = limited(default=1, low=1, high=3)
    sigma: float = limited(default=0.65, low=0)
    box_margin: float = limited(default=0.0, low=0, high=10)
    on_empty: str = limited(default="ignore", choices=("keep", "ignore", "point"))
    gates: bool = True
    min_score: float | None = limited(default=None, low=0, high=1)
    min_iou: float | None = limited(default=None, low=0, high=1)
    min_area: float | None = limited(default=None, low=0, high=1)
    max_area: float | None = limited(default=None, low=0, high=1)
    min_coverage: float | None = limited(default=None, low=0, high=1)
    ignore_disagreement: bool = False
    compat: str = limited(default="fixed", choices=COMPAT)
    processes: int = limited(default=2, low=1, high=256)

    def __post_init__(self) -> None:
        if self.candidates == 2:
            raise ConfigError("candidates is 1 (two passes) or 3 (the best of three masks)")

    @property
    def multi(self) -> bool:
        """Whether several classes of one image are prompted."""
        return self.mode == "multi" or (self.mode is None and self.compat == "fixed")

    def limits(self, back_end: str) -> Gates:
        """The back end's limits, with those that are set here in their place.

        Args:
            back_end: name of what makes the masks; see `GATES`.
        """
        return _changed(GATES[back_end], self)


def _changed(numbers: Numbers, settings: CrfConfig | PromptConfig) -> Numbers:
    """Numbers with the settings of the same names in their place, where these are set.

    Args:
        numbers: a preset.
        settings: with a field for each number, None where the preset's holds.
    """
    own = {name: getattr(settings, name) for name in dataclasses.asdict(numbers)}
    return dataclasses.replace(numbers, **{k: v for k, v in own.items() if v is not None})
