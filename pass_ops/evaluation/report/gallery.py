"""The clusters as people see them: the training images nearest to each centroid."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
from PIL import Image, ImageOps

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.images import Images
from pass_ops.evaluation.report.examples import jpeg
from pass_ops.evaluation.report.page import inline
from pass_ops.evaluation.report.pictures import Picture
from pass_ops.paths import ClusterLabelsPath

SIDE, NEAREST, MOST_CLUSTERS = 96, 6, 60


def gallery_html(images: Images, labels: ClusterLabelsPath, names: Mapping[int, str] | None) -> str:
    """The six images nearest to each centroid, of the 60 largest clusters at most.

    Args:
        images: the training split.
        labels: table that the clustering stage wrote.
        names: what each cluster (0-based) was matched to; None where there are no classes.
    """
    table = LabelTable.load(labels)
    rows = table.rows.assign(distance=table.column("distances")[:, 0])
    sizes = rows["label"].value_counts()
    articles = []
    for cluster in sorted(sizes.index[:MOST_CLUSTERS]):
        nearest = rows[rows["label"] == cluster].nsmallest(NEAREST, "distance")["key"]
        pictures = "".join(_thumbnail(images.image(key)) for key in nearest)
        name = "" if names is None else f": {escape(names.get(int(cluster), 'no class'))}"
        articles.append(
            f"<article><h3>cluster {cluster}, {sizes[cluster]} images{name}</h3>"
            f"<div>{pictures}</div></article>"
        )
    return f'<div class="gallery">{"".join(articles)}</div>'


def _thumbnail(image: Picture) -> str:
    square = ImageOps.fit(Image.fromarray(image), (SIDE, SIDE))
    return f'<img alt="" width="{SIDE}" height="{SIDE}" src="{inline(jpeg(np.asarray(square)))}">'
