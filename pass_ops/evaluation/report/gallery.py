"""The clusters as people see them: the training images nearest to each centroid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from markupsafe import Markup
from PIL import Image, ImageOps

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.images import Images
from pass_ops.evaluation.report.examples import jpeg
from pass_ops.evaluation.report.pictures import Picture
from pass_ops.evaluation.report.templating import html
from pass_ops.paths import ClusterLabelsPath

SIDE, NEAREST, MOST_CLUSTERS = 96, 6, 60


def gallery(images: Images, labels: ClusterLabelsPath, names: Mapping[int, str] | None) -> Markup:
    """The six images nearest to each centroid, of the 60 largest clusters at most.

    Args:
        images: the training split.
        labels: table that the clustering stage wrote.
        names: what each cluster (0-based) was matched to; None where there are no classes.
    """
    table = LabelTable.load(labels)
    rows = table.rows.assign(distance=table.column("distances")[:, 0])
    sizes = rows["label"].value_counts()
    clusters = []
    for cluster in sorted(sizes.index[:MOST_CLUSTERS]):
        nearest = rows[rows["label"] == cluster].nsmallest(NEAREST, "distance")["key"]
        clusters.append(
            {
                "number": int(cluster),
                "images": sizes[cluster],
                "nearest": [_thumbnail(images.image(key)) for key in nearest],
            }
        )
    return html("gallery.html", clusters=clusters, names=names, side=SIDE)


def _thumbnail(image: Picture) -> bytes:
    return jpeg(np.asarray(ImageOps.fit(Image.fromarray(image), (SIDE, SIDE))))
