"""Coarse labels of one image, as they are kept while others are made."""

from __future__ import annotations

import numpy as np

from pass_ops.data.label_maps.encoded import encode_map, from_png
from pass_ops.pseudo_labels.coarse_image import COARSE_IMAGE, CoarseImage


def test_what_is_kept_comes_back_as_it_was() -> None:
    labels = np.array([[0, 3, 65535], [0, 0, 1]], np.int32)
    image = CoarseImage(
        labels=encode_map(labels),
        foreground=0.5,
        attention=np.array([[0.25, 1]], np.float32),
        distances=np.array([1.5, 0, 2], np.float32),
        point=(2, 0),
        label=-2,
    )
    back = COARSE_IMAGE.decode("a", COARSE_IMAGE.encode(image))
    np.testing.assert_array_equal(from_png(back.labels.png), labels)
    assert (back.labels.height, back.labels.width) == (2, 3)
    np.testing.assert_array_equal(back.attention, image.attention)
    np.testing.assert_array_equal(back.distances, image.distances)
    assert (back.foreground, back.point, back.label) == (0.5, (2, 0), -2)
