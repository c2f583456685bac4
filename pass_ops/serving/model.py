"""An exported model that labels images (method 12.6), as `segmentation.predict` does by Jittor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from pass_ops.config.segmentation import PredictionConfig
from pass_ops.data.ids import LabelMap
from pass_ops.data.transforms.normalise import normalise
from pass_ops.data.transforms.resize import resize_bilinear, resize_image, resize_nearest
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.paths import ModelPath
from pass_ops.serving.description import Description
from pass_ops.serving.files import MATCHING
from pass_ops.serving.network import Floats, OnnxNetwork


class Model:
    """Labels images by class.

    Args:
        folder: of the model.

    Attributes:
        description: of the model.

    Raises:
        ArtifactError, DataError: a file that predictions need is missing or something else.
    """

    def __init__(self, folder: ModelPath) -> None:
        self.description = Description.load(folder)
        self._matching = Matching.load(folder / MATCHING)
        classes = len(self.description.classes)
        self._matching.require(classes - 1)
        self._network = OnnxNetwork(folder, classes)

    def label(self, images: Sequence[NDArray[np.uint8]]) -> list[LabelMap]:
        """The class of every pixel, int32 [H, W] in 0..K, of images of one size.

        Args:
            images: RGB [H, W, 3].
        """
        config = self.description.prediction
        height, width = images[0].shape[:2]
        working_size = config.working_size(height, width)
        shape = (len(self.description.classes), *working_size)
        scores = [np.zeros(shape, np.float32) for _ in images]
        for pixels in _inputs(images, config):
            for number, scale in enumerate(self._scores(pixels, config)):
                scores[number] += resize_bilinear(scale, working_size)
        clusters = (score.argmax(axis=0).astype(np.int32) for score in scores)
        return [resize_nearest(self._matching.apply(labels), height, width) for labels in clusters]

    def _scores(self, pixels: Floats, config: PredictionConfig) -> Floats:
        """Scores [N, classes, h, w] at one scale: probabilities in `fixed`, logits in `reference`.

        Args:
            pixels: normalised images [N, 3, H, W].
            config: flip and compat.
        """
        views = [pixels]
        if config.flip:
            views.append(np.ascontiguousarray(pixels[..., ::-1]))
        scores = [self._network(view) for view in views]
        if config.compat == "fixed":
            scores = [softmax(score, axis=1) for score in scores]
        return (scores[0] + scores[1][..., ::-1]) / 2 if config.flip else scores[0]


def _inputs(images: Sequence[NDArray[np.uint8]], config: PredictionConfig) -> Iterator[Floats]:
    """The network's inputs, normalised [N, 3, h, w], at each scale.

    Args:
        images: RGB [H, W, 3], of one size.
        config: sizes and compat.
    """
    if config.compat == "fixed":
        for side in config.sizes:
            yield normalise([resize_image(image, side, config.compat) for image in images])
        return
    squares = normalise([resize_image(image, config.sizes[0], config.compat) for image in images])
    for side in dict.fromkeys((config.sizes[0], config.sizes[-1])):
        yield np.stack([resize_bilinear(square, (side, side)) for square in squares])
