"""The clusters as people see them: the training images nearest to each centroid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from markupsafe import Markup
from PIL import Image, ImageOps

from pass_ops.clustering.labels import LabelTable
from pass_ops.data.images import Images
from pass_ops.evaluation.files import CLASSES, MATCHING, read_values
from pass_ops.evaluation.report.examples import jpeg
from pass_ops.evaluation.report.page import section
from pass_ops.evaluation.report.pictures import Picture
from pass_ops.evaluation.report.split_page import ClassScores
from pass_ops.evaluation.report.templating import html
from pass_ops.evaluation.scoring.matching import Matching
from pass_ops.paths import ClusterLabelsPath, ValidationEvaluationPath

SIDE, NEAREST, MOST_CLUSTERS = 96, 6, 60


def gallery_section(
    train: Images, labels: ClusterLabelsPath, validation: ValidationEvaluationPath | None
) -> Markup:
    """The clusters as a section, each named by its class.

    Args:
        train: training images.
        labels: their clusters.
        validation: where clusters were matched to classes; None where there are none.

    Raises:
        DataError: they were matched to other classes.
    """
    if validation is None:
        note = "the training images nearest to each centroid"
        return section(heading="Clusters", body=_gallery(train, labels, None), note=note)
    classes = read_values(ClassScores, validation / CLASSES).names
    matching = Matching.load(validation / MATCHING)
    matching.require(len(classes) - 1)
    names = {cluster: classes[cls] for cluster, cls in enumerate(matching.classes)}
    note = (
        "the training images nearest to each centroid, "
        "and the class that the cluster was matched to on validation"
    )
    return section(heading="Clusters", body=_gallery(train, labels, names), note=note)


def _gallery(images: Images, labels: ClusterLabelsPath, names: Mapping[int, str] | None) -> Markup:
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
