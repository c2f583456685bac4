"""The short name of a configuration."""

from __future__ import annotations

import re

from pass_ops.config.digest import digest
from pass_ops.config.parts.swav import SwavConfig
from pass_ops.config.representation import PretrainConfig
from pass_ops.config.schema import build


def test_equal_settings_share_a_digest_however_they_were_given() -> None:
    first = build(PretrainConfig, {"epochs": 3, "swav": {"epsilon": 0.05}})
    second = build(PretrainConfig, {"swav": {"epsilon": 0.05}, "epochs": 3.0})
    assert digest(first) == digest(second)
    assert re.fullmatch("[0-9a-f]{16}", digest(first))


def test_a_setting_deep_inside_changes_the_digest() -> None:
    assert digest(PretrainConfig()) != digest(PretrainConfig(swav=SwavConfig(epsilon=0.06)))
