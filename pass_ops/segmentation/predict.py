"""Prediction with flip and several scales (method 12.6)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.images import Images
from pass_ops.data.label_maps.writer import LabelMapWriter
from pass_ops.data.transforms.resize import resize_nearest
from pass_ops.data.transforms.scales import ReadScaled, ScaledImage, Scales
from pass_ops.engine.checkpoints.shards import Shards, resumed
from pass_ops.engine.jittor import jt, nn
from pass_ops.engine.loading.ahead import ahead
from pass_ops.engine.processes import ordered_map
from pass_ops.engine.progress import track
from pass_ops.models.functional import resize
from pass_ops.models.segmenter import Segmenter, load_segmenter
from pass_ops.paths import LabelMapsPath, SegmenterWeightsPath
from pass_ops.pseudo_labels.codecs import MADE_MAP, MadeMap, made_map
from pass_ops.pseudo_labels.guarded_crf import GuardedCrf
from pass_ops.segmentation.likeliest_class import likeliest_class

STAGE = "predict"


def predict(
    *,
    images: Images,
    weights: SegmenterWeightsPath,
    config: PredictionConfig,
    label_maps: LabelMapsPath,
    field: BorderField | None = None,
    shards: Shards | None = None,
) -> dict[str, float]:
    """Label every image of a split.

    Args:
        images: the split.
        weights: folder of a segmenter.
        config: sizes, flip and limit of resolution.
        label_maps: folder to write: 0 background, else cluster id + 1, at each image's own size.
        field: moves the labels' borders to those of the image's colours.
        shards: what is done already.

    Returns:
        Mean foreground fraction.
    """
    network, card = load_segmenter(weights)
    read = ReadScaled(images, Scales(config.sides, config.compat))
    foreground = []

    def label(keys: Sequence[str]) -> Iterator[tuple[str, LabelMap]]:
        for key, image in ahead(work=read, items=keys, workers=config.workers, name=images.name):
            yield key, predict_image(network, image, config)

    def bordered(keys: Sequence[str]) -> Iterator[tuple[str, MadeMap]]:
        if field is None:
            return ((key, _made(labels)) for key, labels in label(keys))
        moved = ordered_map(
            work=FieldOfPrediction(images, field),
            items=label(keys),
            processes=config.workers,
            name=lambda item: images.name(item[0]),
        )
        return ((key, made) for (key, _), made in moved)

    with LabelMapWriter(
        label_maps, {"label_space": card.label_space, "masks_by": card.masks}
    ) as writer:
        results = resumed(compute=bordered, keys=images.keys, codec=MADE_MAP, shards=shards)
        for key, made in track(results, STAGE, len(images)):
            foreground.append(made.figure("foreground"))
            writer.write_encoded(key, made.encoded)
    return {"foreground": float(np.mean(foreground))}


@dataclass(frozen=True)
class BorderField:
    """A dense CRF over predictions.

    Attributes:
        crf: of an image's labels.
        exempt: keys of the images whose labels stay as they are.
    """

    crf: GuardedCrf
    exempt: Container[str] = ()


@dataclass(frozen=True)
class FieldOfPrediction:
    """The work of one process: a dense CRF over an image's predicted labels."""

    images: Images
    field: BorderField

    def __call__(self, predicted: tuple[str, LabelMap]) -> MadeMap:
        key, labels = predicted
        if key not in self.field.exempt:
            labels = self.field.crf(self.images.image(key), labels)
        return _made(labels)


def _made(labels: LabelMap) -> MadeMap:
    return made_map(labels, foreground=(labels > 0).mean())


def predict_image(network: Segmenter, image: ScaledImage, config: PredictionConfig) -> LabelMap:
    """Labels int32 [H, W] of an image.

    An image of more than max_resolution² pixels is decided at (max_resolution, ⌊max_resolution · W
    / H⌋) and enlarged by nearest neighbour.

    Args:
        network: in evaluation mode.
        image: at `config.sides`.
        config: sizes, flip and limit of resolution.
    """
    height, width = image.size
    working_size = config.working_size(height, width)
    with jt.no_grad():
        labels = likeliest_class(_scores(network, image, config), working_size)
    return labels if working_size == (height, width) else resize_nearest(labels, height, width)


def _scores(network: Segmenter, image: ScaledImage, config: PredictionConfig) -> list[jt.Var]:
    """Scores [1, classes, h, w] at every size: probabilities in `fixed`, logits in `reference`.

    Args:
        network: in evaluation mode.
        image: at `config.sides`.
        config: sizes and flip.
    """
    if config.compat == "reference":
        square = jt.array(image.scales[0])
        inputs = [
            resize(square, (side, side))
            for side in dict.fromkeys((config.sizes[0], config.sizes[-1]))
        ]
        return [flip_averaged(network, pixels, config.flip) for pixels in inputs]
    return [
        flip_averaged(lambda x: nn.softmax(network(x), dim=1), jt.array(pixels), config.flip)
        for pixels in image.scales
    ]


def flip_averaged(network: Callable[[jt.Var], jt.Var], pixels: jt.Var, flip: bool) -> jt.Var:
    """Scores of an input, averaged with those of the mirrored input, mirrored back.

    Both are one batch. Other images are never part of it: an image's labels must not depend on its
    neighbours, or shards of a split would change them in the last digit.

    Args:
        network: maps [N, 3, H, W] to scores [N, classes, h, w].
        pixels: normalised images [N, 3, H, W].
        flip: whether to average at all.
    """
    if not flip:
        return network(pixels)
    count = pixels.shape[0]
    scores = network(jt.concat([pixels, mirror(pixels)], dim=0))
    return (scores[:count] + mirror(scores[count:])) / 2


def mirror(x: jt.Var) -> jt.Var:
    """Reverse the columns of [N, C, H, W]."""
    return jt.flip(x, 3)
