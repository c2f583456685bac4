"""The label map of one image from prompted masks (method 11, 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.config.masks import PromptConfig
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.images import Images
from pass_ops.data.label_maps import LabelMaps
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.candidates import Answer, best_of_three, two_passes
from pass_ops.pseudo_labels.image_labels import ImageLabels
from pass_ops.pseudo_labels.inputs import require_size
from pass_ops.pseudo_labels.painting import mark_disagreement, paint, rejection
from pass_ops.pseudo_labels.targets import (
    Point,
    Target,
    class_order,
    class_targets,
    prompt_of,
    single_target,
    widened,
)
from pass_ops.sam.interface import PromptableSegmenter

Ids = NDArray[np.int32]
Field = NDArray[np.float32]


@dataclass
class Painted:
    """Attributes:
    labels: [H, W].
    counts: what happened to the image's prompts, by name.
    scores: of the masks that were accepted.
    """

    labels: Ids
    counts: Counter[str] = field(default_factory=Counter)
    scores: list[float] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class PromptedImage:
    """The work of one process: prompts for an image's objects and paints the answers."""

    images: Images
    segmenter: PromptableSegmenter
    maps: LabelMaps
    points: dict[str, Point]
    attention: AttentionMaps
    labels: ImageLabels
    config: PromptConfig

    def __call__(self, key: str) -> Painted:
        """The painted map of image `key`. The image is set, and so encoded, once for all its
        prompts.
        """
        rgb, before = self.images.image(key), self.maps.read(key)
        require_size(self.maps, key, rgb.shape)
        if key not in self.labels.rows or key not in self.points:
            raise ArtifactError(
                f"image {key} has no label or no point: make labels and points of this split"
            )
        label = self.labels.rows[key].label
        if label < 0:
            return self._unprompted(before, "without_label")
        if not (before > 0).any() and self.config.empty != "point":
            return self._unprompted(before, "skipped_empty")
        self.segmenter.set_image(key, rgb)
        attention = None
        if self.config.compat == "fixed":
            size = before.shape[1], before.shape[0]
            attention = cv2.resize(
                self.attention.read(key), size, interpolation=cv2.INTER_LINEAR
            ).astype(np.float32)
        if not (before > 0).any():
            return self._from_point(before, label + 1, self.points[key])
        painted = (
            self._multi(key, before, attention)
            if self.config.multi
            else self._single(key, before, attention)
        )
        if self.config.ignore_disagreement:
            mark_disagreement(painted.labels, before)
        return painted

    def _unprompted(self, before: Ids, why: str) -> Painted:
        ignored = self.config.empty == "ignore" and not (before > 0).any()
        return Painted(np.full_like(before, UNCERTAIN) if ignored else before, Counter({why: 1}))

    def _from_point(self, before: Ids, label: int, point: Point) -> Painted:
        """An image without foreground: its point is all there is, and nothing to compare the mask
        with but its area.
        """
        answer = two_passes(self.segmenter, prompt_of(None, point))
        painted = Painted(np.zeros_like(before), Counter({"from_point": 1}))
        area = float(answer.mask.mean())
        if self.config.gates and not self.config.min_area <= area <= self.config.max_area:
            painted.counts["rejected_area"] += 1
        else:
            self._accept(painted, answer, label)
        return painted

    def _single(self, key: str, before: Ids, attention: Field | None) -> Painted:
        target = single_target(
            labels=before,
            label=self.labels.rows[key].label + 1,
            point=self.points[key],
            attention=attention,
        )
        assert target is not None, key
        painted = Painted(np.zeros_like(before))
        painted.counts["point_outside"] += not len(target.prompt.points)
        if not self._answer(painted, target, attention):
            painted.labels = before.copy()
        return painted

    def _multi(self, key: str, before: Ids, attention: Field | None) -> Painted:
        row = self.labels.rows[key]
        painted = Painted(np.zeros_like(before))
        least = self.config.min_area * before.size
        for label in class_order(
            label=row.label, nearest=row.nearest, distances=row.distances, sigma=self.config.sigma
        ):
            targets: Iterable[Target] = class_targets(
                labels=before, label=label, point=self.points[key], attention=attention
            )
            for target in targets:
                # A speck gives no box worth a prompt.
                if target.region.sum() < least or not self._answer(painted, target, attention):
                    paint(painted.labels, target.region, label)
        painted.counts["without_main_class"] += not (before == row.label + 1).any()
        return painted

    def _answer(self, painted: Painted, target: Target, attention: Field | None) -> bool:
        """Prompt for `target` and paint the mask; False where it was rejected."""
        prompt = widened(target, self.config.margin).prompt
        answer: Answer | None
        if self.config.candidates == 1:
            answer = two_passes(self.segmenter, prompt)
        else:
            answer = best_of_three(
                segmenter=self.segmenter, prompt=prompt, region=target.region, attention=attention
            )
        if answer is None:
            painted.counts["kept_region"] += 1
            return False
        if why := rejection(answer, target, self.config):
            painted.counts[f"rejected_{why}"] += 1
            return False
        self._accept(painted, answer, target.label)
        return True

    @staticmethod
    def _accept(painted: Painted, answer: Answer, label: int) -> None:
        painted.counts["masks"] += 1
        painted.scores.append(answer.score)
        paint(painted.labels, answer.mask, label)
