"""Pages of stages, from their declarations and the dataclasses of their settings."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, get_type_hints

from pass_ops.config.settings import CONFIGS
from pass_ops.stages.declaration import DECLARATIONS
from pipelines.site.settings_table import settings_table
from pipelines.site.stage_pages import stage_pages


def leaves(kind: type[Any]) -> int:
    """Settings in a dataclass and those in it."""
    hints = get_type_hints(kind)
    return sum(
        leaves(hints[one.name]) if dataclasses.is_dataclass(hints[one.name]) else 1
        for one in dataclasses.fields(kind)
    )


def rows(key: str) -> dict[str, list[str]]:
    """Cells of a table by the setting."""
    lines = settings_table(key).splitlines()[2:]
    cells = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in lines]
    return {name.strip("`"): others for name, *others in cells}


def test_every_setting_has_a_row_with_a_meaning() -> None:
    for key, kind in CONFIGS.items():
        table = rows(key)
        assert len(table) == leaves(kind), key
        for name, (meaning, *_) in table.items():
            assert meaning, f"{key}.{name} is not in its class's docstring"


def test_a_row_says_type_range_default_and_what_profiles_set() -> None:
    meaning, kind, default, profiles = rows("pretrain")["epochs"]
    assert (kind, default) == ("int, ≥ 1", "`400`")
    assert meaning.startswith("as named")
    assert re.search(r"smoke: `\d+`", profiles)
    assert "imagenet-s50" not in profiles
    assert rows("pretrain")["optimiser.name"][1] == "str, one of sgd, larc, adamw"
    # The base class says what it means, the class has a default of its own.
    attention = rows("train_pixel_attention")["epochs"]
    assert (attention[0], attention[2]) == (meaning, "`20`")


def test_every_stage_has_a_page_with_its_ports() -> None:
    pages = stage_pages()
    assert set(pages) == set(DECLARATIONS)
    for name, page in pages.items():
        assert f"\n# {name}\n" in page
        for port in DECLARATIONS[name].ports:
            if not port.is_settings:
                assert f"| `{port.name}` | " in page, (name, port.name)


def test_a_stage_with_several_uses_says_which() -> None:
    page = stage_pages()["train_classifier"]
    assert "used for f, g, h, c, d" in page
    assert "pass-ops train-classifier --name f --profile small --output work" in page
    assert page.count("## Settings: ") == 4
