"""Which of a model's versions is the champion."""

from __future__ import annotations

import pytest

from pass_ops.tracking.aliases import deserves_champion

CHAMPION = {"data_digest": "a", "validation_miou": "0.5"}


@pytest.mark.parametrize(
    ("tags", "champion", "deserved"),
    [
        ({"data_digest": "a", "validation_miou": "0.1"}, None, True),
        ({"data_digest": "a"}, None, False),
        ({"data_digest": "a", "validation_miou": "0.505"}, CHAMPION, True),
        ({"data_digest": "a", "validation_miou": "0.504"}, CHAMPION, False),
        ({"data_digest": "b", "validation_miou": "0.9"}, CHAMPION, False),
        ({"validation_miou": "0.9"}, {"data_digest": "a"}, False),
    ],
)
def test_a_champion_is_beaten_by_a_margin_on_the_same_data(
    tags: dict[str, str], champion: dict[str, str] | None, deserved: bool
) -> None:
    assert deserves_champion(tags, champion) is deserved
