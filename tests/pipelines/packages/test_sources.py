"""Settings for Kubernetes that name what their pipeline lacks."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.packages.sources import unknown_sources

SPEC: dict[str, Any] = {
    "root": {
        "inputDefinitions": {"parameters": {"claim": {}}},
        "dag": {
            "tasks": {
                "first": {"componentRef": {"name": "comp-a"}},
                "inner": {"componentRef": {"name": "comp-inner"}},
            }
        },
    },
    "components": {
        "comp-a": {"executorLabel": "exec-a"},
        "comp-inner": {"dag": {"tasks": {"second": {"componentRef": {"name": "comp-a"}}}}},
    },
}


def mounted(source: dict[str, Any]) -> dict[str, Any]:
    return {"exec-a": {"pvcMount": [{"mountPath": "/a", "pvcNameParameter": source}]}}


@pytest.mark.parametrize(
    ("source", "unknown"),
    [
        ({"runtimeValue": {"constant": "a"}}, []),
        ({"componentInputParameter": "claim"}, ["second: claim"]),
        ({"componentInputParameter": "other"}, ["first: other", "second: other"]),
        ({"taskOutputParameter": {"producerTask": "first"}}, ["second: first"]),
    ],
)
def test_each_pipeline_must_have_what_is_named(source: dict[str, Any], unknown: list[str]) -> None:
    assert unknown_sources(SPEC, mounted(source)) == unknown
