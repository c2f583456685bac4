"""What a KFP server is asked for, before it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pass_ops.errors import ConfigError
from tests.pipelines.cluster.toy_request import VALUES, VERSION, compile_toy, toy_request


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled toy pipeline."""
    return compile_toy(tmp_path_factory.mktemp("build"))


def test_cron_has_six_fields(package: Path) -> None:
    with pytest.raises(ConfigError, match="seconds first"):
        toy_request(package, cron="30 2 * * 1")


def test_a_person_can_read_what_would_be_sent(package: Path) -> None:
    content = yaml.safe_load(toy_request(package, cron="@daily").as_yaml())
    assert content["recurring run"] == "first"
    assert (content["pipeline"], content["version"], content["cron"]) == ("toy", VERSION, "@daily")
    assert content["parameters"] == VALUES
