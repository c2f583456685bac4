"""A package that takes nothing from KFP's cache."""

from __future__ import annotations

from pathlib import Path

import yaml

from pipelines.compile import PACKAGE, check_package
from pipelines.packages.caching import disable_caching
from pipelines.packages.shrinking import shrink_package
from tests.pipelines.cluster.toy_request import compile_toy


def test_only_the_cache_of_its_tasks_is_switched_off(tmp_path: Path) -> None:
    package = compile_toy(tmp_path)
    shrink_package(package)
    spec = next(yaml.safe_load_all(package.read_text()))
    components = (spec["root"], *spec["components"].values())
    dags = [component["dag"]["tasks"] for component in components if "dag" in component]
    assert len(dags) > 1
    assert all(task["cachingOptions"] for tasks in dags for task in tasks.values())
    disable_caching(package)
    check_package(package)
    # `make submit` knows it for its own, and may write it again.
    assert PACKAGE.stranger(package) == ""
    for tasks in dags:
        for task in tasks.values():
            task["cachingOptions"] = {}
    assert next(yaml.safe_load_all(package.read_text())) == spec
