"""The label map of one image from prompted masks (method 11, 13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.config.masks import PromptConfig
from pass_ops.config.parts.gates import Gates
from pass_ops.data.codec import UNCERTAIN
from pass_ops.data.ids import LabelMap
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.attention_maps import AttentionMaps
from pass_ops.pseudo_labels.prompts.candidates import Answer, best_of_three, two_passes
from pass_ops.pseudo_labels.prompts.painting import (
    PaintedMap,
    mark_disagreement,
    paint,
    rejection,
    wrong_area,
)
from pass_ops.pseudo_labels.prompts.targets import (
    Point,
    Target,
    class_order,
    class_targets,
    prompt_of,
    single_target,
    widen,
)
from pass_ops.sam.interface import PromptableSegmenter, Rgb

Field = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class PromptedImage:
    """Prompts for an image's objects and paints the answers.

    Attributes:
        segmenter: what answers the prompts.
        points: (x, y) stored for each image.
        attention: foreground maps, which only `fixed` reads, and distances, for `multi`.
        labels: 0-based cluster id of each image, negative for none.
        config: prompts and gates.
    """

    segmenter: PromptableSegmenter
    points: Mapping[str, Point]
    attention: AttentionMaps
    labels: Mapping[str, int]
    config: PromptConfig

    def __call__(self, key: str, rgb: Rgb, before: LabelMap) -> PaintedMap:
        """The painted map of an image, which is set, and so encoded, once for all its prompts.

        Args:
            key: of the image.
            rgb: the image [H, W, 3].
            before: the label map to prompt from, int32 [H, W].
        """
        if key not in self.labels or key not in self.points:
            raise ArtifactError(
                f"image {key} has no label or no point: make labels and points of this split"
            )
        x, y = self.points[key]
        if not (0 <= x < before.shape[1] and 0 <= y < before.shape[0]):
            raise ArtifactError(
                f"the point of image {key} is ({x}, {y}), outside it: make the points of this split"
            )
        label = self.labels[key]
        if label < 0:
            return self._unprompted(before, "without_label")
        empty = not (before > 0).any()
        if empty and self.config.on_empty != "point":
            return self._unprompted(before, "skipped_empty")
        self.segmenter.set_image(key, rgb)
        if empty:
            return self._from_point(before, label + 1, self.points[key])
        attention = self._attention(key, before) if self.config.compat == "fixed" else None
        painted = (
            self._multi(key, before, attention)
            if self.config.multi
            else self._single(key, before, attention)
        )
        if self.config.ignore_disagreement:
            mark_disagreement(painted.labels, before)
        return painted

    @property
    def _limits(self) -> Gates:
        """What masks of this segmenter must keep."""
        return self.config.limits(self.segmenter.name)

    @property
    def _gates(self) -> Gates | None:
        """The same, where masks are judged at all."""
        return self._limits if self.config.gates else None

    def _attention(self, key: str, before: LabelMap) -> Field:
        """The foreground map of an image at its own size, float32 [H, W].

        Args:
            key: of the image.
            before: [H, W].
        """
        height, width = before.shape
        return cv2.resize(
            self.attention.read(key), (width, height), interpolation=cv2.INTER_LINEAR
        ).astype(np.float32)

    def _unprompted(self, before: LabelMap, why: str) -> PaintedMap:
        """An image without prompts keeps its map, unless an empty one is to be ignored.

        Args:
            before: int32 [H, W].
            why: name of its count.
        """
        ignored = self.config.on_empty == "ignore" and not (before > 0).any()
        return PaintedMap(np.full_like(before, UNCERTAIN) if ignored else before, Counter({why: 1}))

    def _from_point(self, before: LabelMap, label: int, point: Point) -> PaintedMap:
        """An image without foreground: its point is all there is, and the mask's area all to judge.

        Candidates are chosen by how they suit a region, which there is none of: so it is two passes
        whatever `candidates` says.

        Args:
            before: int32 [H, W], an empty map.
            label: pixel label to paint.
            point: (x, y) in pixels.
        """
        answer = two_passes(self.segmenter, prompt_of(None, point))
        painted = PaintedMap(np.zeros_like(before), Counter({"from_point": 1}))
        if wrong_area(answer.mask, self._gates):
            painted.counts["rejected_area"] += 1
        else:
            painted.accept(answer, label)
        return painted

    def _single(self, key: str, before: LabelMap, attention: Field | None) -> PaintedMap:
        """One object, painted with the image's label; its map where the mask was rejected.

        Args:
            key: of the image.
            before: int32 [H, W], not empty.
            attention: float32 [H, W], which `reference` has not.
        """
        target = single_target(
            labels=before,
            label=self.labels[key] + 1,
            point=self.points[key],
            attention=attention,
        )
        painted = PaintedMap(np.zeros_like(before))
        painted.counts["point_outside"] += not len(target.prompt.points)
        if not self._answer(painted, target, attention):
            painted.labels = before.copy()
        return painted

    def _multi(self, key: str, before: LabelMap, attention: Field | None) -> PaintedMap:
        """Every component of the image's class and of those nearby; itself where rejected.

        Args:
            key, before, attention: as of `_single`.
        """
        own = self.labels[key]
        painted = PaintedMap(np.zeros_like(before))
        least = self._limits.min_area * before.size
        for label in class_order(
            label=own, distances=self.attention.distances(key), sigma=self.config.sigma
        ):
            targets: Iterable[Target] = class_targets(
                labels=before, label=label, point=self.points[key], attention=attention
            )
            for target in targets:
                # A speck gives no box worth a prompt.
                if target.region.sum() < least or not self._answer(painted, target, attention):
                    paint(painted.labels, target.region, label)
        painted.counts["without_main_class"] += not (before == own + 1).any()
        return painted

    def _answer(self, painted: PaintedMap, target: Target, attention: Field | None) -> bool:
        """Prompt for an object and paint the mask; False where it was rejected.

        Args:
            painted: map to paint, and its counts.
            target: the object.
            attention: float32 [H, W], which `reference` has not.
        """
        prompt = widen(target, self.config.box_margin).prompt
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
        why = rejection(answer=answer, target=target, gates=self._gates, multi=self.config.multi)
        if why:
            painted.counts[f"rejected_{why}"] += 1
            return False
        painted.accept(answer, target.label)
        return True
