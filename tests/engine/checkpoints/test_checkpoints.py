"""Which checkpoints are kept, and which one is gone on from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pass_ops.engine.checkpoints.files import ARRAYS, MANIFEST
from pass_ops.errors import ConfigError, StorageError
from tests.engine.checkpoints.conftest import Open, names, save, snapshot_at


def test_the_two_newest_are_kept_after_an_interruption_too(open_checkpoints: Open) -> None:
    for first in (1, 4):
        with open_checkpoints() as checkpoints:
            checkpoints.newest()
            for step in range(first, first + 3):
                save(checkpoints, step)
                newest = range(max(1, step - 1), step + 1)
                assert names(checkpoints.folder) == [f"step-{one:010d}" for one in newest]
            assert (checkpoints.folder / "latest").read_text() == f"step-{first + 2:010d}"


def test_a_training_goes_on_from_the_newest(open_checkpoints: Open) -> None:
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)
        save(checkpoints, 2)
    with open_checkpoints() as checkpoints:
        found = checkpoints.newest()
    assert found is not None
    manifest, snapshot = found
    assert (manifest.epoch, manifest.step, snapshot.values) == (1, 2, {"counted": 2})
    expected = snapshot_at(2).arrays
    assert snapshot.arrays.keys() == expected.keys()
    for name, array in expected.items():
        np.testing.assert_array_equal(snapshot.arrays[name], array)


def test_nothing_is_gone_on_from_nothing(open_checkpoints: Open, tmp_path: Path) -> None:
    with open_checkpoints(stays=False) as checkpoints:
        assert checkpoints.newest() is None
        assert checkpoints.last == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", [ARRAYS, MANIFEST])
@pytest.mark.parametrize("damage", ["torn", "flipped", "missing"])
def test_a_damaged_one_gives_way_to_the_one_before(
    open_checkpoints: Open, file: str, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)
        save(checkpoints, 2)
        path = checkpoints.folder / "step-0000000002" / file
    content = bytearray(path.read_bytes())
    if damage == "torn":
        path.write_bytes(content[: len(content) // 2])
    elif damage == "missing":
        path.unlink()
    else:
        # A digit of the step, or a bit of a weight: what stays readable is not what was written.
        place = content.index(b'"step": 2') + 8 if file == MANIFEST else len(content) - 1
        content[place] ^= 1
        path.write_bytes(content)
    with open_checkpoints() as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert found[0].step == 1
        assert names(checkpoints.folder) == ["step-0000000001"]
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"pretrain | {path.parent}: a damaged checkpoint (")
    assert line.endswith("): removed")


def test_kept_weights_belong_to_a_checkpoint(open_checkpoints: Open) -> None:
    with open_checkpoints() as checkpoints:
        for step in (1, 2):
            (checkpoints.kept / f"epoch-{step}").mkdir(parents=True)
            (checkpoints.kept / f"epoch-{step}" / "weights").write_text("w" * step)
            folders = tuple(sorted(checkpoints.kept.iterdir()))
            snapshot = snapshot_at(step, folders)
            checkpoints.save(epoch=step, step=step, snapshot=snapshot)
            assert checkpoints.last
    with open_checkpoints() as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert found[1].folders == (checkpoints.kept / "epoch-1", checkpoints.kept / "epoch-2")
        (checkpoints.kept / "epoch-2" / "weights").write_text("ww, and more")
    with open_checkpoints() as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert found[1].folders == (checkpoints.kept / "epoch-1",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"settings": {"epochs": "13"}}, r"epochs 12 there, 13 here"),
        ({"settings": {}}, r"epochs unknown here"),
        ({"code": "x"}, "another code"),
    ],
)
def test_those_of_another_training_are_refused_with_the_difference(
    *,
    open_checkpoints: Open,
    changes: dict[str, object],
    told: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)
    with open_checkpoints(**changes) as other:
        assert other.newest() is None
        line = f"pretrain | starts anew: the checkpoints in {checkpoints.folder} have {told}\n"
        assert capsys.readouterr().out == line
        # Moved to where the other looks for its own, it is refused.
        shutil.copytree(checkpoints.folder, other.folder, dirs_exist_ok=True)
        with pytest.raises(ConfigError, match=rf"a checkpoint of another training \({told}\)"):
            other.newest()
        assert names(other.folder) == ["step-0000000001"]


@pytest.mark.parametrize("finished", [False, True])
def test_another_round_and_a_finished_training_are_no_news(
    open_checkpoints: Open, finished: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)
        if finished:
            checkpoints.finish()
            assert names(checkpoints.folder) == ["step-0000000001"]
    changes = {"settings": {"epochs": "13"}} if finished else {"data": "e"}
    with open_checkpoints(**changes) as other:
        assert other.newest() is None
    assert capsys.readouterr().out == ""


def test_states_that_are_not_finite_are_left_out(open_checkpoints: Open) -> None:
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)
        snapshot = snapshot_at(2)
        snapshot.arrays["weight"][0, 0] = np.nan
        checkpoints.save(epoch=1, step=2, snapshot=snapshot)
        assert checkpoints.last == "step-0000000001"


def test_one_is_due_when_the_minutes_have_passed(open_checkpoints: Open) -> None:
    with open_checkpoints() as rare, open_checkpoints(minutes=0, data="other") as often:
        assert not rare.due()
        assert often.due()


def test_in_a_named_place_the_last_one_outlives_the_training(open_checkpoints: Open) -> None:
    with open_checkpoints() as checkpoints:
        for step in (1, 2, 3):
            save(checkpoints, step)
        checkpoints.finish()
        assert names(checkpoints.folder) == ["step-0000000003"]
    with open_checkpoints() as checkpoints:
        found = checkpoints.newest()
        assert found is not None
        assert found[0].step == 3


def test_beside_an_output_none_outlives_the_training(
    open_checkpoints: Open, tmp_path: Path
) -> None:
    (tmp_path / "output").mkdir()
    with (
        open_checkpoints(stays=False) as checkpoints,
        open_checkpoints(stays=False, data="e") as other,
    ):
        save(checkpoints, 1)
        save(other, 1)
        checkpoints.finish()
        assert names(other.folder) == ["step-0000000001"]
        other.finish()
    assert [path.name for path in tmp_path.iterdir()] == ["output"]


def test_a_second_process_is_told_who_trains(open_checkpoints: Open) -> None:
    with (
        open_checkpoints(),
        pytest.raises(StorageError, match=r"lock: process \d+ runs pretrain with the same"),
        open_checkpoints(),
    ):
        pass
    with open_checkpoints() as checkpoints:
        save(checkpoints, 1)


def test_a_place_that_cannot_be_written_stops_no_training(
    open_checkpoints: Open, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_checkpoints() as checkpoints:
        (checkpoints.folder / "step-0000000001").write_text("in the way")
        checkpoints.save(epoch=0, step=1, snapshot=snapshot_at(1))
        assert checkpoints.last == ""
        told = capsys.readouterr().out
        assert told.startswith("pretrain | no checkpoint was kept: ")
        assert told.endswith("; work goes on\n")
        save(checkpoints, 2)
        assert checkpoints.last == "step-0000000002"
