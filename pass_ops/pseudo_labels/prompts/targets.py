"""What to prompt for in an image: boxes of components, and points in them (method 11.1, 11.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pass_ops.data.ids import LabelMap
from pass_ops.errors import ArtifactError
from pass_ops.pseudo_labels.points import largest_component
from pass_ops.sam.box import Box, bounding_box
from pass_ops.sam.interface import Prompt

Mask = NDArray[np.bool_]
Field = NDArray[np.float32]
Point = tuple[int, int]

EROSION = 0.1
"""Part of a component's inscribed radius that a point keeps from its outline."""


@dataclass(frozen=True)
class Target:
    """An object to prompt for.

    Attributes:
        label: pixel label to paint, cluster id + 1.
        region: bool [H, W], the part of the label map that stands for the object.
        prompt: its box, and its point if it has one.
    """

    label: int
    region: Mask
    prompt: Prompt


def single_target(*, labels: LabelMap, label: int, point: Point, attention: Field | None) -> Target:
    """The largest 8-connected component of all foreground.

    Args:
        labels: int32 [H, W], 0 background; some of it is foreground.
        label: pixel label to paint.
        point: (x, y) stored for the image; used if it lies in the box, its maxima included.
        attention: [H, W]; where it is given, the point is found anew in the component instead.
    """
    region = largest_component(labels > 0)
    box = bounding_box(region)
    if attention is not None:
        return Target(label, region, prompt_of(box, inner_point(region, attention)))
    inside = box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]
    return Target(label, region, prompt_of(box, point if inside else None))


def class_targets(
    *, labels: LabelMap, label: int, point: Point, attention: Field | None
) -> Iterator[Target]:
    """Every 8-connected component of one class, each with its box.

    Args:
        labels: int32 [H, W], 0 background.
        label: pixel label of the class, and to paint.
        point: (x, y) stored for the image, which only the component that holds it gets.
        attention: [H, W]; where it is given, every component gets a point of its own instead.
    """
    count, components = cv2.connectedComponents((labels == label).astype(np.uint8), connectivity=8)
    for number in range(1, count):
        region = np.asarray(components == number)
        inside = point if region[point[1], point[0]] else None
        if attention is not None:
            inside = inner_point(region, attention)
        yield Target(label, region, prompt_of(bounding_box(region), inside))


def class_order(*, label: int, distances: NDArray[np.float32], sigma: float) -> list[int]:
    """Pixel labels to look for: the image's own, then those of clusters nearby (method 11.3).

    Args:
        label: 0-based cluster id of the image.
        distances: float32 [K], squared distances of the image to all clusters.
        sigma: largest squared distance of a cluster nearby.

    Raises:
        ArtifactError: the label is none of the clusters.
    """
    if label >= len(distances):
        raise ArtifactError(
            f"label {label} is none of the {len(distances)} clusters whose distances are known: "
            "make labels and attention maps of one clustering"
        )
    order = np.argsort(distances, kind="stable")
    near = order[distances[order] <= np.float32(sigma)]
    return [label + 1, *(int(cluster) + 1 for cluster in near if cluster != label)]


def widen(target: Target, margin: float) -> Target:
    """The target with a larger box, as far as the image goes.

    Args:
        target: with or without a box.
        margin: what each side of the box moves outwards, in parts of the box's size.
    """
    if margin == 0 or target.prompt.box is None:
        return target
    height, width = target.region.shape
    x_min, y_min, x_max, y_max = target.prompt.box
    x, y = margin * (x_max - x_min), margin * (y_max - y_min)
    box = np.clip(
        [x_min - x, y_min - y, x_max + x, y_max + y], 0, [width, height, width, height]
    ).astype(np.float32)
    return replace(target, prompt=replace(target.prompt, box=box))


def inner_point(region: Mask, attention: Field) -> Point:
    """(x, y) of the strongest attention in a component, away from its outline.

    Args:
        region: bool [H, W]; the point keeps EROSION of its inscribed radius from its outline.
        attention: float32 [H, W].
    """
    padded = np.pad(region.astype(np.uint8), 1)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    values = np.where(region & (depth >= EROSION * depth.max()), attention, -np.inf)
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    return int(column), int(row)


def prompt_of(box: Box | None, point: Point | None) -> Prompt:
    """A prompt of a box, of a point inside the object, or of both.

    Args:
        box: x_min, y_min, x_max, y_max in pixels.
        point: (x, y) in pixels.
    """
    points = np.array([point] if point is not None else [], np.float32).reshape(-1, 2)
    corners = None if box is None else np.array(box, np.float32)
    return Prompt(points=points, point_labels=np.ones(len(points), np.int32), box=corners)
