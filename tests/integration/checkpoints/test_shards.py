"""Stages that work piece by piece, ended in the middle and run again, or shared by several tasks,
write the same files.
"""

from __future__ import annotations

import itertools
import signal
from pathlib import Path
from typing import Any

import pytest

from pass_ops.engine.checkpoints import shards
from pass_ops.engine.checkpoints.place import PLACE
from pass_ops.engine.checkpoints.shards import Shards
from pass_ops.engine.checkpoints.snapshot import Arrays
from pass_ops.stages.run import run_stage
from pass_ops.storage.s3 import names_below, remove
from pipelines.servers.endpoints import DATA_BUCKET
from tests.integration.checkpoints.piece_by_piece import OUTPUTS, Undisturbed, content

GOES_ON = {
    "cluster": "after 7 of 30 restarts",
    "cluster_selected": "after 10 of 31 restarts-of-round-1",
    "infer_image_labels": "after 10 of 12 batches",
    "classify_images": "after 10 of 12 batches",
    "choose_checkpoint": "after 1 of 2 checkpoints",
    "search_threshold": "after 5 of 12 images",
    "diagnose": "after 1 of 6 train-batches-pre-trained",
}
"""What they say, with shards of five pieces, or of one; after ten images if nothing else."""
LAST = {"choose_checkpoint": 1, "search_threshold": 7, "diagnose": 12}
"""Pieces after which they are ended, if not after 11."""
SHARED = {
    "cluster": 1,
    "cluster_aligned": 1,
    "make_coarse_labels": 14,
    "apply_crf": 14,
    "make_regions": 14,
    "prompt_masks": 6,
    "predict_split": 6,
    "choose_checkpoint": 1,
}
"""Stages that can be shared, with the pieces after which the second of three tasks is ended."""
WITHOUT_NETWORK = {
    "cluster_selected",
    "apply_crf",
    "make_regions",
    "refine_labels",
    "prompt_masks",
}
"""Stages whose images no network sees here, so that none waits for them."""
QUICK = ("cluster", "cluster_selected", "infer_image_labels", "apply_crf", "predict_split")


def end_after(pieces: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """End this process once, when stages have kept so many pieces; the part of each that is kept.

    Args:
        pieces: 1 or more.
        monkeypatch: of the test.
    """
    add, number = Shards.add, itertools.count(1)
    parts: list[str] = []

    def add_and_end(self: Shards, part: str, key: str, arrays: Arrays) -> None:
        add(self, part, key, arrays)
        parts.append(part)
        if next(number) == pieces:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Shards, "add", add_and_end)
    return parts


def computed(metrics: dict[str, Any]) -> dict[str, Any]:
    """Those metrics of a stage that must not depend on how it was run."""
    measured = {"seconds", "peak_rss_mb", "data_wait"}
    return {name: value for name, value in metrics.items() if name not in measured}


@pytest.mark.parametrize(
    "stage",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in OUTPUTS
        # It has three pieces, and goes on as `cluster` does.
        if name != "cluster_aligned"
    ],
)
def test_a_stage_that_is_ended_and_run_again_writes_the_same(
    *,
    uses: Undisturbed,
    stage: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected, values = uses.run(stage), uses.values[stage]
    assert ("data_wait" in expected) == (stage not in WITHOUT_NETWORK)
    monkeypatch.setenv(PLACE, str(tmp_path / "checkpoints"))
    monkeypatch.setattr(shards, "PIECES", 1 if stage == "choose_checkpoint" else 5)
    end_after(LAST.get(stage, 11), monkeypatch)
    again = values | {name: str(tmp_path / name) for name in OUTPUTS[stage]}
    with pytest.raises(SystemExit) as end:
        run_stage(stage, **again)
    assert end.value.code == 143
    assert not any((tmp_path / name).exists() for name in OUTPUTS[stage])
    found = run_stage(stage, **again)
    assert f"goes on {GOES_ON.get(stage, 'after 10 of ')}" in capsys.readouterr().out
    assert computed(found) == computed(expected)
    for name in OUTPUTS[stage]:
        assert content(tmp_path / name) == content(Path(values[name]))


@pytest.mark.parametrize(
    "stage",
    [pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow) for name in SHARED],
)
def test_a_stage_that_three_tasks_share_writes_the_same(
    *,
    uses: Undisturbed,
    stage: str,
    s3_settings: None,  # noqa: ARG001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    expected, values = uses.run(stage), uses.values[stage]
    place = f"s3://{DATA_BUCKET}/{tmp_path.name}"
    monkeypatch.setenv(PLACE, place)
    monkeypatch.setattr(shards, "PIECES", 1)
    added = end_after(SHARED[stage], monkeypatch)

    def run(node: str, **share: str) -> dict[str, Any]:
        """The metrics of a task on a node of this name, which has a disk of its own."""
        added.clear()
        outputs = {name: str(tmp_path / node / name) for name in OUTPUTS[stage]}
        return run_stage(stage, **values | outputs | share)

    with pytest.raises(SystemExit) as end:
        run("killed", share="2/3")
    assert end.value.code == 143
    made: dict[int, int] = {}
    for number in (3, 2, 1):
        found = run(str(number), share=f"{number}/3")
        assert found["stage"].endswith(f"_{number}_of_3")
        assert not any((tmp_path / str(number) / name).exists() for name in OUTPUTS[stage])
        made[number] = len(added)
    # What the ended task has kept is not made again; the others were not disturbed.
    assert made[2] + SHARED[stage] <= max(made[1], made[3]) + 1
    capsys.readouterr()
    found = run("whole")
    assert "goes on after" in capsys.readouterr().out
    assert not set(added) & {"images", "batches", "checkpoints"}
    assert computed(found) == computed(expected)
    for name in OUTPUTS[stage]:
        assert content(tmp_path / "whole" / name) == content(Path(values[name]))
    if stage == "apply_crf":
        lost = next(one for one in names_below(place) if "share-0001-of-0003/kept" in one)
        remove(f"{place}/{lost}")
        run("again")
        assert added
        assert content(tmp_path / "again" / "crf_maps") == content(Path(values["crf_maps"]))
