"""How much each image counts (method 24.4)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pass_ops.data.images import Images
from pass_ops.errors import ArtifactError
from pass_ops.segmentation.image_weights import image_weights


def test_confidence_weighs_images_where_it_is_asked_to(
    training_images: Images, image_labels: Path
) -> None:
    maps = Path("maps")
    sure = image_weights(
        image_labels=image_labels,
        label_maps=maps,
        label_space="clustering-1",
        images=training_images,
        by_confidence=True,
    )
    np.testing.assert_allclose(sure, np.linspace(0.2, 1, 24), rtol=1e-6)
    alike = image_weights(
        image_labels=image_labels,
        label_maps=maps,
        label_space="clustering-1",
        images=training_images,
        by_confidence=False,
    )
    assert set(alike) == {1.0}


def test_labels_of_another_space_are_refused_with_both_names(
    training_images: Images, image_labels: Path
) -> None:
    with pytest.raises(
        ArtifactError,
        match=r"maps is of label space clustering-9, .*labels\.parquet of clustering-1",
    ):
        image_weights(
            image_labels=image_labels,
            label_maps=Path("maps"),
            label_space="clustering-9",
            images=training_images,
            by_confidence=False,
        )
