"""Reading the documents of a compiled pipeline, and writing them anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.packages.documents import documents_of, rewrite_package

HEAD = "# PIPELINE DEFINITION\n# Name: a\n"
SPEC = "pipelineInfo:\n  name: a\n"
PLATFORM = """---
platforms:
  kubernetes:
    deploymentSpec:
      executors:
        exec-a: {}
"""


def written(tmp_path: Path, text: str) -> Path:
    """A package.

    Args:
        tmp_path: folder to write it into.
        text: what is in it.
    """
    package = tmp_path / "package.yaml"
    package.write_text(text)
    return package


@pytest.mark.parametrize(
    ("text", "executors"), [(SPEC, None), (SPEC + PLATFORM, {"exec-a": {}})], ids=["one", "two"]
)
def test_a_package_has_a_platform_or_none(tmp_path: Path, text: str, executors: Any) -> None:
    spec, platform = documents_of(written(tmp_path, HEAD + text))
    assert spec == {"pipelineInfo": {"name": "a"}}
    if executors is None:
        assert platform == {}
    else:
        assert platform["platforms"]["kubernetes"]["deploymentSpec"]["executors"] == executors


@pytest.mark.parametrize("platform", ["", PLATFORM], ids=["one", "two"])
def test_a_change_leaves_the_head_and_the_number_of_documents(
    tmp_path: Path, platform: str
) -> None:
    def change(spec: dict[str, Any], executors: dict[str, Any]) -> None:
        spec["pipelineInfo"]["name"] = "b"
        for settings in executors.values():
            settings["b"] = 1

    package = written(tmp_path, HEAD + SPEC + platform)
    rewrite_package(package, change)
    after = (SPEC + platform).replace("name: a", "name: b").replace("{}", "\n          b: 1")
    assert package.read_text() == HEAD + after.replace("exec-a: \n", "exec-a:\n")
