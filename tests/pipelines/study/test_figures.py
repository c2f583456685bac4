"""The numbers of a result by name."""

from __future__ import annotations

from pipelines.study.figures import figures
from tests.pipelines.study.results import RESULT


def test_every_step_has_its_figures_in_order_without_what_was_not_measured() -> None:
    assert list(figures(RESULT).items()) == [
        ("features, untrained: k-means, train", 0.2),
        ("features, untrained: neighbours, validation", 0.35),
        ("labels, clustering 1: accuracy, train", 0.5),
        ("labels, clustering 1: NMI, train", 0.4),
        ("labels, clustering 1: coverage, train", 1.0),
        ("labels, after c: accuracy, train", 0.6),
        ("labels, after c: coverage, train", 1.0),
        ("masks, round 1: miou, validation", 0.24),
        ("masks, round 1: object_iou, validation", 0.5),
        ("masks, round 1: miou, test", 0.19),
        ("masks, round 1: boundary_miou, test", 0.1),
        ("masks, round 1: f, test", 0.6),
        ("whole run: validation/miou", 0.25),
        ("whole run: test/miou", 0.2),
        ("baseline, all_background: test/miou", 0.06),
        ("seconds of all stages", 3.0),
        ("peak MB", 100.0),
    ]
