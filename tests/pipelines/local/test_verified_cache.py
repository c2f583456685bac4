"""Which outputs of earlier runs are taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kfp.dsl import Artifact

from pipelines.local.verified_cache import VerifiedCache, content_digest


class Runs:
    """Runs of one stage on this machine, each with a cache of its own, as processes have it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.said = folder, list[str]()
        self.code = folder / "code.py"
        self.code.write_text("1")
        self.inputs = folder / "inputs"
        self.inputs.write_text("images")
        self.number = 0

    def cache(self) -> VerifiedCache:
        """As a run opens it."""
        return VerifiedCache(self.folder / "cache", [self.code], self.said.append)

    def run(self, *, edit: bool = False) -> bool:
        """Run the stage; returns whether its outputs were taken from the cache.

        Args:
            edit: whether the code changes meanwhile.
        """
        cache, key = self.start(self.inputs)
        if cache.get(key) is not None:
            return True
        if edit:
            self.code.write_text("2")
        self.number += 1
        self.outputs = self.folder / f"outputs-{self.number}"
        self.outputs.mkdir()
        (self.outputs / "model").write_text("weights")
        cache.put(key, {"weights": Artifact(name="weights", uri=str(self.outputs)), "epochs": 3})
        return False

    def start(self, inputs: Path, **arguments: Any) -> tuple[VerifiedCache, str]:
        """A new run's cache, and the key of the stage in it.

        Args:
            inputs: an artifact's file.
            arguments: other inputs.
        """
        cache = self.cache()
        artifact = Artifact(name="images", uri=str(inputs))
        key = cache.compute_key(
            component_name="comp-train",
            image="python",
            full_command=["train"],
            arguments={"images": artifact, **arguments},
        )
        return cache, key


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Runs that have not begun."""
    return Runs(tmp_path)


def test_finished_stages_are_taken_with_their_outputs(runs: Runs) -> None:
    assert [runs.run(), runs.run()] == [False, True]
    cache, key = runs.start(runs.inputs)
    outputs = cache.get(key)
    assert outputs is not None
    assert (outputs["epochs"], outputs["weights"].path) == (3, str(runs.outputs))
    assert runs.said == []


@pytest.mark.parametrize("fault", ["half", "other", "gone", "more", "folder gone"])
def test_damaged_outputs_are_seen_and_made_again(runs: Runs, fault: str) -> None:
    runs.run()
    file = runs.outputs / "model"
    if fault == "half":
        file.write_text("weig")
    elif fault == "other":
        file.write_text("weighty")
    elif fault == "more":
        (runs.outputs / "other").write_text("")
    else:
        file.unlink()
    if fault == "folder gone":
        runs.outputs.rmdir()
    damaged = runs.outputs
    assert [runs.run(), runs.run()] == [False, True]
    assert len(runs.said) == 1
    assert runs.said[0].startswith(f"{damaged} is ")
    assert runs.said[0].endswith("the stage runs again")


@pytest.mark.parametrize("suffix", [".json", ".digests"])
@pytest.mark.parametrize("text", ["", '{"weights": '])
def test_a_damaged_entry_is_none(runs: Runs, suffix: str, text: str) -> None:
    runs.run()
    for entry in (runs.folder / "cache").glob(f"*{suffix}"):
        entry.write_text(text)
    assert [runs.run(), runs.run()] == [False, True]


def test_code_that_changes_under_a_stage_is_not_what_its_outputs_are_filed_under(
    runs: Runs,
) -> None:
    assert runs.run(edit=True) is False
    assert runs.said == [
        "the code has changed under this stage: later runs will not take its outputs"
    ]
    # Neither the new code's nor, once it is back, the old one's.
    assert [runs.run(), runs.run()] == [False, True]
    runs.code.write_text("1")
    assert runs.run() is False


def test_code_that_changes_between_stages_is_said_once_and_counts(runs: Runs) -> None:
    cache, first = runs.start(runs.inputs)
    runs.code.write_text("2")
    arguments = {"image": "python", "full_command": ["train"], "arguments": {}}
    keys = [cache.compute_key(component_name=name, **arguments) for name in ("a", "b")]
    assert len({first, *keys}) == 3
    assert len(runs.said) == 1
    assert runs.said[0].startswith("the code has changed during this run: ")


def test_inputs_count_by_what_is_in_them(runs: Runs) -> None:
    copy = runs.folder / "copy"
    copy.write_text("images")
    other = runs.folder / "other"
    other.write_text("other images")
    keys = [runs.start(path)[1] for path in (runs.inputs, copy, other)]
    assert keys[0] == keys[1] != keys[2]
    assert runs.start(copy, epochs=2)[1] != keys[0]


def test_the_digest_of_a_folder_is_of_names_and_contents(tmp_path: Path) -> None:
    digests = set()
    for name, content in (("a", "1"), ("a", "2"), ("b", "1")):
        folder = tmp_path / f"{name}{content}" / "inner"
        folder.mkdir(parents=True)
        (folder / name).write_text(content)
        digests.add(content_digest(folder.parent))
    assert len(digests) == 3
